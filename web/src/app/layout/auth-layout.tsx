import { Outlet } from "@tanstack/react-router";

/** Pages for people who are not signed in. */
export function AuthLayout() {
  return (
    <main className="flex h-full justify-center overflow-y-auto px-5">
      <div className="w-full max-w-84 pt-[14vh] pb-12">
        <div className="mb-8 flex items-center gap-2.5">
          <img src="/favicon.svg" alt="" className="size-8" />
          <span className="text-lg font-semibold">Mini-CRM</span>
        </div>
        <Outlet />
      </div>
    </main>
  );
}
