import type { Home } from '../facts/homes.ts';

/** Returns one line that names both organizations, and what to do. */
export function otherOrganizationMessage(connection: string, remembered: string, answered: string): string {
  return (
    `Connection ${connection} indexes organization ${remembered}, but organization ${answered} answers at base_url. Nothing was changed. ` +
    'Correct base_url, or give this config its own `connection` name. If the new organization replaces the old one, run `salesforce-connector apply --replace-org`.'
  );
}

/** Returns one line that names both homes, and what to do. */
export function otherHomeMessage(
  connection: string,
  remembered: Home,
  given: Omit<Home, 'id'> & { readonly id: string | null },
): string {
  if (given.id === null && given.path === remembered.path && given.host === remembered.host)
    return (
      `Connection ${connection} had its index in ${place(remembered)}, but ${given.path}.home is gone. Nothing was changed. ` +
      'Restore that file, or run `salesforce-connector apply --move-here`.'
    );
  return (
    `Connection ${connection} has its index in ${place(remembered)}, not in ${place(given)}. Nothing was changed. ` +
    'Give this config its own `connection` name. If the index moved here or its disk was lost, run `salesforce-connector apply --move-here`.'
  );
}

/** Describes a home. The id distinguishes homes with equal paths, such as a container's or a new disk's. */
function place({ id, host, path }: Omit<Home, 'id'> & { readonly id: string | null }): string {
  return `${path} on ${host} (${id === null ? 'no home yet' : `home ${id.slice(0, 8)}`})`;
}
