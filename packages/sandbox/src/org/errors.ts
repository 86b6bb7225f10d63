/** Reports a folder that cannot be served. The message names the file, the line if there is one, and what to do. */
export class OrgFolderError extends Error {
  override readonly name = 'OrgFolderError';
}

/** Reports a change that the org cannot make, such as an unknown object or field, or a value of the wrong type. */
export class OrgChangeError extends Error {
  override readonly name = 'OrgChangeError';
}
