import { printable } from '../../lib/printable.ts';
import { recordId18 } from '../../lib/record-ids.ts';
import { foldName, trimName, type UserNameKind } from '../model/user-name.ts';
import { SearchRefusedError, UserNotServedError } from '../port/errors.ts';
import type { UserReference } from '../port/reader.ts';
import type { EngineView, NamedUser, UserAccess } from '../port/search-engine.ts';

/** A user whom searches serve, and what they may read now. */
export interface Searcher {
  readonly userId: string;
  readonly access: UserAccess;
}

const WAYS = 'Give a user id, username, federation identifier or e-mail.';

/** The ends of messages about several users with the name. */
const BY_ID = '. Give the user id, which only one of them has.';
const BY_ID_OR_USERNAME = '. Give the user id or username, which only one of them has.';
const NONE_ACTIVE = ', none of them active.';

const NAMES: Readonly<Record<UserNameKind, string>> = {
  id: 'user id',
  username: 'username',
  federationId: 'federation identifier',
  email: 'e-mail',
};

/** What to look for, and the end of the message if several users are found. */
interface Step {
  readonly kind: UserNameKind;
  readonly activeOnly: boolean;
  readonly remedy: string;
}

/** The steps for a name of any kind, in order of precedence. */
const STEPS: readonly Step[] = [
  { kind: 'id', activeOnly: false, remedy: BY_ID },
  { kind: 'username', activeOnly: false, remedy: BY_ID },
  // Inactive users cannot sign in with these, so active users take precedence.
  { kind: 'federationId', activeOnly: true, remedy: BY_ID_OR_USERNAME },
  { kind: 'federationId', activeOnly: false, remedy: NONE_ACTIVE },
  { kind: 'email', activeOnly: true, remedy: BY_ID_OR_USERNAME },
  { kind: 'email', activeOnly: false, remedy: NONE_ACTIVE },
];

/** For an e-mail alone, active users take no precedence: it may belong to either. */
const EMAIL_STEP: Step = { kind: 'email', activeOnly: false, remedy: ', active or not.' };

/** The steps for a name of one kind. */
const stepsOf = (kind: UserNameKind): readonly Step[] =>
  kind === 'email' ? [EMAIL_STEP] : STEPS.filter((step) => step.kind === kind);

/** Throws `SearchRefusedError` if the engine's content is not for searches now. */
export function checkAnswers({ settings, hasMembership }: EngineView): void {
  const { organizationId, refusedOrganizationId } = settings;
  if (refusedOrganizationId !== null)
    throw new SearchRefusedError(
      `The index belongs to organization ${organizationId}, but ${refusedOrganizationId} answers now. ` +
        'Correct base_url, and the next run serves searches again. If the new organization replaces the old one, run `salesforce-connector apply --replace-org`.',
    );
  if (!hasMembership)
    throw new SearchRefusedError('Nothing can be searched yet: the first run has not read who can see what.');
}

/** Finds the user with that name (see `SearchOptions.as`) and their access. Throws `UserNotServedError`. */
export async function findSearcher(view: EngineView, named: string | UserReference): Promise<Searcher> {
  const { userId, refused } = await findUser(view, named);
  const name = shown(trimName(typeof named === 'string' ? named : named.name));
  if (refused !== null)
    throw new UserNotServedError(
      `The user '${name}' is ${refused} and cannot search.`,
      refused === 'inactive' ? refused : 'frozen',
    );
  const access = await view.accessOf(userId);
  if (access === null)
    throw new UserNotServedError(
      `The index does not know yet what the user '${name}' can read. The next run finds out.`,
      'unresolved',
    );
  return { userId, access };
}

/**
 * Finds the user with that name, whether or not searches serve them. The name is a user id, username, federation
 * identifier or e-mail; the first kind with a match decides. Throws `UserNotServedError` for no user, and for several.
 */
export async function findUser(view: EngineView, named: string | UserReference): Promise<NamedUser> {
  const { name, steps } =
    typeof named === 'string'
      ? { name: trimName(named), steps: STEPS }
      : { name: named.name, steps: stepsOf(named.kind) };
  if (typeof named !== 'string' && isOfOther(named, view))
    throw new UserNotServedError(`The user '${shown(name)}' belongs to another organization.`, 'unknown');
  for (const { kind, activeOnly, remedy } of steps) {
    const asked = formOf(kind, name);
    if (asked === null) continue;
    const { users, count } = await view.usersNamed({ kind, name: asked, activeOnly });
    const [user] = users;
    // The message does not say who they are.
    if (count > 1) throw new UserNotServedError(`'${shown(name)}' matches ${count} users${remedy}`, 'ambiguous');
    if (user !== undefined) return user;
  }
  const by = typeof named === 'string' ? null : NAMES[named.kind];
  const text = by === null ? `No user is named '${shown(name)}'. ${WAYS}` : `No user has the ${by} '${shown(name)}'.`;
  throw new UserNotServedError(text, 'unknown');
}

function isOfOther({ organizationId }: UserReference, { settings }: EngineView): boolean {
  return organizationId !== undefined && organizationId !== settings.organizationId;
}

/** Returns the name in the form of `UserNameQuery.name`. Null: it cannot be a name of this kind. */
function formOf(kind: UserNameKind, name: string): string | null {
  if (kind === 'id') return recordId18(name);
  return kind === 'federationId' ? name : foldName(name);
}

/** Returns any input as one line. */
function shown(name: string): string {
  const line = printable(name);
  return line.length > 100 ? `${printable(line.slice(0, 100))}…` : line;
}
