/** The folder cannot be served. The message names the file, the line where there is one, and what to do. */
export class OrgFolderError extends Error {
  override readonly name = 'OrgFolderError';
}

/** A change was asked for that the org cannot make: an unknown object or field, a value of the wrong type. */
export class OrgChangeError extends Error {
  override readonly name = 'OrgChangeError';
}
