import { idSequence } from './ids.ts';
import { COMPANY, type Person, type ProfileName, type Role } from './staff.ts';
import { emailName } from './text.ts';
import { FIRST_NAMES, LAST_NAMES } from './words/names.ts';

export type Staff = ReturnType<typeof hiring>;

/** Returns functions that create roles and people one by one. A role or manager is created before the people below. */
export function hiring() {
  const roles: Role[] = [];
  const people: Person[] = [];
  const roleId = idSequence('00E');
  const userId = idSequence('005');
  const usernames = new Set<string>();

  function role(name: string, parent: Role | null, cases: Role['cases'], opportunities: Role['opportunities']): Role {
    const made: Role = { id: roleId(), name, parent, cases, opportunities };
    roles.push(made);
    return made;
  }

  function add(who: Omit<Person, 'id' | 'number' | 'username'>, name = emailName(who.first, who.last)): Person {
    let unique = name;
    for (let n = 2; usernames.has(unique); n++) unique = `${name}${n}`;
    usernames.add(unique);
    const made: Person = { ...who, id: userId(), number: people.length, username: `${unique}@${COMPANY.domain}` };
    people.push(made);
    return made;
  }

  function hire(
    title: string,
    of: Role | null,
    manager: Person | null,
    profile: ProfileName,
    state: { readonly active?: boolean; readonly frozen?: boolean } = {},
  ): Person {
    const n = people.length;
    const first = FIRST_NAMES[n % FIRST_NAMES.length] ?? '';
    const last = LAST_NAMES[(n * 37 + Math.floor(n / FIRST_NAMES.length) * 13) % LAST_NAMES.length] ?? '';
    return add({ first, last, title, role: of, manager, profile, active: true, frozen: false, ...state });
  }

  return {
    hired: { roles, people },
    role,
    hire,
    /** Hires several people; now and then one of them has left or is frozen. */
    many: (count: number, title: string, of: Role, manager: Person, profile: ProfileName): Person[] =>
      Array.from({ length: count }, () => {
        const n = people.length % 17;
        return hire(title, of, manager, profile, { active: n !== 11, frozen: n === 16 });
      }),
    /** Adds a user who isn't an employee. */
    account: (first: string, last: string, profile: ProfileName): Person =>
      add(
        { first, last, title: last, role: null, manager: null, profile, active: true, frozen: false },
        last.toLowerCase(),
      ),
  };
}
