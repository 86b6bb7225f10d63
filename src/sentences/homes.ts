import type { Home } from '../../workflows/contract.ts';

/** One line that names both organizations, and what to do. */
export function otherOrganizationMessage(connection: string, remembered: string, answered: string): string {
  return (
    `Connection ${connection} indexes organization ${remembered}, but organization ${answered} answers at base_url: nothing was changed. ` +
    'Correct base_url, give this config a `connection` name of its own, or, if the new organization replaces the old one, run `salesforce-connector apply --replace-org`.'
  );
}

/** One line that names both homes, and what to do. */
export function otherHomeMessage(
  connection: string,
  remembered: Home,
  given: Omit<Home, 'id'> & { readonly id: string | null },
): string {
  if (given.id === null && given.path === remembered.path && given.host === remembered.host)
    return (
      `Connection ${connection} had its index in ${place(remembered)}, and ${given.path}.home is gone: nothing was changed. ` +
      'Restore that file, or run `salesforce-connector apply --move-here`.'
    );
  return (
    `Connection ${connection} has its index in ${place(remembered)}, not in ${place(given)}: nothing was changed. ` +
    'Give this config a `connection` name of its own, or, if the index moved here or its disk was lost, run `salesforce-connector apply --move-here`.'
  );
}

/** The id tells two apart that have the same path: a container's, or a new disk's. */
function place({ id, host, path }: Omit<Home, 'id'> & { readonly id: string | null }): string {
  return `${path} on ${host} (${id === null ? 'no home yet' : `home ${id.slice(0, 8)}`})`;
}
