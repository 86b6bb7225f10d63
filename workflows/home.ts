import type { ConnectionHome, Home } from './contract.ts';

/** What about a worker or a command is not what the connection remembers. */
export type HomeConflict = 'organization' | 'home';

/** Null: it is the remembered one. Left out parts are not compared: older workers do not tell their home. */
export function homeConflict(
  remembered: ConnectionHome,
  given: { readonly organizationId?: string | undefined; readonly home?: Home | undefined },
): HomeConflict | null {
  if (given.home !== undefined && given.home.id !== remembered.id) return 'home';
  if (given.organizationId !== undefined && given.organizationId !== remembered.organizationId) return 'organization';
  return null;
}
