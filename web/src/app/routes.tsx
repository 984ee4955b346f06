import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { validateCalendarSearch } from "@/features/calendar/search";
import { validateListSearch } from "@/features/records/list-search";
import { AuthLayout } from "./layout/auth-layout";
import { AppLayout } from "./layout/app-layout";
import { ErrorPage, NotFoundPage } from "./error-page";
import { paths } from "./paths";

const root = createRootRoute({ component: Outlet });

const outside = createRoute({
  getParentRoute: () => root,
  id: "outside",
  component: AuthLayout,
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
    // Only ways inside the app: "//evil.example" would leave it. Said as undefined, for what is left out stays as it came.
    next: typeof search.next === "string" && /^\/(?![/\\])/.test(search.next) ? search.next : undefined,
  }),
});
const inside = createRoute({ getParentRoute: () => root, id: "inside", component: AppLayout });

const auth = () => import("@/features/auth/auth-pages");
const outsideRoutes = [
  createRoute({ getParentRoute: () => outside, path: paths.signIn, component: lazyRouteComponent(auth, "SignInPage") }),
  createRoute({ getParentRoute: () => outside, path: paths.signUp, component: lazyRouteComponent(auth, "SignUpPage") }),
  createRoute({
    getParentRoute: () => outside,
    path: paths.forgottenPassword,
    component: lazyRouteComponent(auth, "ForgottenPasswordPage"),
  }),
  createRoute({
    getParentRoute: () => outside,
    path: paths.newPassword,
    component: lazyRouteComponent(auth, "NewPasswordPage"),
  }),
  createRoute({
    getParentRoute: () => outside,
    path: paths.confirm,
    validateSearch: (search: Record<string, unknown>): { token_hash?: string; type?: string } => ({
      token_hash: String(search.token_hash ?? ""),
      type: String(search.type ?? "email"),
    }),
    component: lazyRouteComponent(auth, "ConfirmPage"),
  }),
  createRoute({
    getParentRoute: () => outside,
    path: paths.acceptInvitation,
    validateSearch: (search: Record<string, unknown>): { token?: string } => ({ token: String(search.token ?? "") }),
    component: lazyRouteComponent(auth, "AcceptInvitationPage"),
  }),
];

const insideRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: paths.home,
    component: lazyRouteComponent(() => import("@/features/home/home-page"), "HomePage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.people,
    validateSearch: validateListSearch,
    component: lazyRouteComponent(() => import("@/features/contacts/contact-list-page"), "ContactListPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.person,
    validateSearch: validateListSearch,
    component: lazyRouteComponent(() => import("@/features/contacts/contact-page"), "ContactPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.companies,
    validateSearch: validateListSearch,
    component: lazyRouteComponent(() => import("@/features/companies/company-list-page"), "CompanyListPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.company,
    validateSearch: validateListSearch,
    component: lazyRouteComponent(() => import("@/features/companies/company-page"), "CompanyPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.tasks,
    validateSearch: (search: Record<string, unknown>): { add?: true } => (search.add === true ? { add: true } : {}),
    component: lazyRouteComponent(() => import("@/features/tasks/tasks-page"), "TasksPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.calendar,
    validateSearch: validateCalendarSearch,
    component: lazyRouteComponent(() => import("@/features/calendar/calendar-page"), "CalendarPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.imports,
    component: lazyRouteComponent(() => import("@/features/imports/import-page"), "NewImportPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.import,
    component: lazyRouteComponent(() => import("@/features/imports/import-page"), "ImportPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: paths.settings,
    component: lazyRouteComponent(() => import("@/features/account/settings-page"), "SettingsPage"),
  }),
];

const galleryRoutes = import.meta.env.DEV
  ? [
      createRoute({
        getParentRoute: () => root,
        path: paths.gallery,
        component: lazyRouteComponent(() => import("@/features/gallery/gallery-page"), "GalleryPage"),
      }),
    ]
  : [];

export const router = createRouter({
  routeTree: root.addChildren([outside.addChildren(outsideRoutes), inside.addChildren(insideRoutes), ...galleryRoutes]),
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
