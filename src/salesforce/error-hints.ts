// Hints shared by several refusals.

export const UNAVAILABLE =
  'Salesforce is not available right now; the connector retries the request. See https://status.salesforce.com.';
export const GRANT_READ =
  'Give the integration user Read on the object and on its fields in a permission set, or leave it out of `objects` in the configuration.';
export const API_ACCESS =
  'Give the integration user’s permission set "API Enabled", and use an edition of Salesforce that includes the API (Enterprise and above).';
export const CORRECT_QUERY =
  'Salesforce cannot execute this query. Check the `where` filter and the fields of this object in the configuration.';
export const SIMPLER_FILTER =
  'Salesforce cannot execute this query. Make the `where` filter of this object in the configuration simpler: it has too many conditions or subqueries.';
export const TOO_SLOW =
  'The request ran for longer than Salesforce allows. The connector retries it in smaller ranges.';
export const CURSOR_GONE = 'The query’s cursor is gone. The connector reads the same range again.';
export const SECURITY_POLICY =
  'A transaction security policy of the org blocks this query. Check Setup › Transaction Security Policies, and exempt the integration user from the policy that covers this object or API queries.';
export const SESSION_POLICY =
  'The org requires a session of higher assurance or another login. Check the session settings of the integration user’s profile, the session policies of the External Client App, and Setup › Transaction Security Policies.';

/** Refusals of the login itself. The API and the token endpoint word them differently. */
export const LOGIN_HOURS =
  'The integration user may not log in at this time: remove the Login Hours of its profile (Setup › Profiles › Login Hours), or run the connector within them.';
export const IP_RANGES =
  'This machine’s IP address is not allowed: set IP Relaxation to "Relax IP restrictions" in the External Client App’s Policies, or add the address to the Login IP Ranges of the integration user’s profile or to Setup › Network Access.';

/** Hint for an answer that the table does not have. */
export const UNKNOWN =
  'This connector does not know this code. Look it up in Salesforce’s documentation or ask Salesforce Support about it, and report it as an issue of the connector.';
