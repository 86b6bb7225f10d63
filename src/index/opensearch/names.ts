import type { OpenSearchLocation } from '../location.ts';

/** The names of the indexes in the cluster. `content` is random: each time that everything is sent again it is another. */
export interface IndexNames {
  /** Holds the control document, and the settings that it names. */
  readonly control: string;
  readonly documents: (content: string) => string;
  readonly members: (content: string) => string;
  /** Writes go to aliases, because a write to the name of a deleted index would create it again, without a mapping. */
  readonly writtenDocuments: (content: string) => string;
  readonly writtenMembers: (content: string) => string;
  /** A pattern of every index that may have content, and of some of other prefixes. */
  readonly contents: string;
  readonly isContent: (index: string) => boolean;
}

export function namesOf({ prefix }: Pick<OpenSearchLocation, 'prefix'>): IndexNames {
  return {
    control: `${prefix}-control`,
    documents: (content) => `${prefix}-documents-${content}`,
    members: (content) => `${prefix}-members-${content}`,
    writtenDocuments: (content) => `${prefix}-write-documents-${content}`,
    writtenMembers: (content) => `${prefix}-write-members-${content}`,
    isContent: (index) => /^-(?:documents|members)-[0-9a-f]{16}$/.test(index.slice(prefix.length)),
    contents: `${prefix}-documents-*,${prefix}-members-*`,
  };
}
