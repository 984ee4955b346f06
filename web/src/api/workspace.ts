import { signedIn } from "./session";

const keyOf = (userId: string) => `crm.workspace.${userId}`;

/** The workspace that this user chose last; null lets the server take the user's first. */
export function chosenWorkspace(): string | null {
  const user = signedIn();
  return user && localStorage.getItem(keyOf(user.id));
}

/** Loads the app anew, so that nothing of the other workspace is left in memory. */
export function chooseWorkspace(id: string): void {
  const user = signedIn();
  if (!user) return;
  localStorage.setItem(keyOf(user.id), id);
  location.assign("/");
}

export function forgetWorkspace(): void {
  const user = signedIn();
  if (user) localStorage.removeItem(keyOf(user.id));
}
