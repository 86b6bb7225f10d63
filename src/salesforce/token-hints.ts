import { MY_DOMAIN_FORM } from './base-url.ts';
import type { Flow } from './credentials.ts';

// Hints for refusals of the token endpoint. The two flows are set up in different places.

export type Hint = string | Readonly<Record<Flow, string>>;

export function hintOf(hint: Hint, flow: Flow): string {
  return typeof hint === 'string' ? hint : hint[flow];
}

const KEY_AND_SECRET = 'External Client App › Settings › OAuth Settings › Consumer Key and Secret';
const JWT_FLOW = 'External Client App › Settings › Flow Enablement › Enable JWT Bearer Flow';
const API_SCOPE = '"Manage user data via APIs (api)"';

export const TOO_MANY_LOGINS = 'The org allows no more logins right now; the connector tries again later.';
export const MY_DOMAIN = `base_url must be the My Domain URL, ${MY_DOMAIN_FORM} (Setup › My Domain › Current My Domain URL).`;
export const TRIED_AGAIN = `The org could not answer; the connector tries again. If this persists, check https://status.salesforce.com, and that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`;
export const INACTIVE_ORG =
  'The org is inactive, locked or deleted, and issues no tokens: ask Salesforce Support, or set base_url to another org.';
export const APP_BLOCKED =
  'An administrator has blocked this app: unblock it in Setup › Connected Apps OAuth Usage, and allow it in Setup › API Access Control if that is on.';
export const ONLY_API_SCOPE = `Select only ${API_SCOPE} in External Client App › Settings › OAuth Settings › Selected OAuth Scopes.`;
export const ENABLE_APP =
  'Enable the app in a permission set (External Client App Access Settings) and assign that permission set to the integration user.';
export const USER_LOCKED = 'The integration user is locked or frozen: unlock or unfreeze it (Setup › Users).';
export const CHOOSE_RUN_AS =
  'Choose the integration user in External Client App › Policies › Client Credentials Flow › Run As.';
export const WRONG_CLIENT_ID = `client_id is not a Consumer Key of this org. Copy it from ${KEY_AND_SECRET}.`;

export const FLOW_OFF: Hint = {
  client_credentials: `Switch on External Client App › Settings › Flow Enablement › Enable Client Credentials Flow, and check that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`,
  jwt: `Switch on ${JWT_FLOW}, upload the certificate there, and check that base_url is the My Domain URL, ${MY_DOMAIN_FORM}.`,
};
export const ACTIVE_USER: Hint = {
  client_credentials:
    'Activate the integration user (Setup › Users), or choose an active one in Policies › Client Credentials Flow › Run As.',
  jwt: 'Activate the integration user (Setup › Users), or set `username` to an active one.',
};
export const WRONG_CLIENT: Hint = {
  client_credentials: `client_secret is not the Consumer Secret of this client_id. Copy it from ${KEY_AND_SECRET}.`,
  jwt: `The org does not accept the app. Copy client_id from ${KEY_AND_SECRET}, and check that ${JWT_FLOW} has the certificate of the private key.`,
};

const CREATE_APP =
  'org does not have this External Client App: base_url is another org, or the app was deleted, or the sandbox was refreshed, which removes the app. Create the app there, or install its package, and copy';
export const APP_GONE: Hint = {
  client_credentials: `The ${CREATE_APP} client_id and client_secret from ${KEY_AND_SECRET}.`,
  jwt: `If \`audience\` is set, remove it: an External Client App accepts only the My Domain URL. Otherwise the ${CREATE_APP} client_id from ${KEY_AND_SECRET}.`,
};

export const SESSION_LEVEL =
  'The org requires a session of higher assurance than this login has. In the External Client App’s Policies, do not require "High assurance session"; in the session settings of the integration user’s profile, set Session Security Level Required at Login to None.';

const UNKNOWN =
  "This connector does not know the reason. The integration user’s Login History (Setup › Users › the user) says more; go through the External Client App's setup:";
export const UNKNOWN_REFUSAL: Hint = {
  client_credentials: `${UNKNOWN} ${KEY_AND_SECRET}, Flow Enablement, Policies › Client Credentials Flow › Run As.`,
  jwt: `${UNKNOWN} ${KEY_AND_SECRET}, Flow Enablement › Enable JWT Bearer Flow and its certificate, Policies › Permitted Users, and the permission set of the user of \`username\`.`,
};

// Refusals of the JWT bearer flow only.

export const PRE_AUTHORIZE =
  'The user in `username` may not use the app, or the org has no user of that name. Check that `username` is the integration user’s username, which in a sandbox ends in the sandbox’s name; that External Client App › Policies › Permitted Users is "Admin approved users are pre-authorized"; and that the user has a permission set in which the app is enabled (External Client App Access Settings).';
export const AUDIENCE =
  'The assertion is not for the org’s address. Remove `audience` from the config file. The default is base_url, which must be the My Domain URL. Only an old connected app may need `audience: https://login.salesforce.com`, or https://test.salesforce.com in a sandbox.';
export const CLOCK =
  'The assertion had expired when the org read it. It is valid for two minutes by the org’s clock, which the connector knows from the Date header of the org’s replies. Correct this machine’s clock, and make sure that any proxy in between passes that header on.';
export const USERNAME =
  'The org does not accept `username`. Write the integration user’s username (Setup › Users), which in a sandbox ends in the sandbox’s name.';
export const KEY_AND_CERTIFICATE = `The app’s certificate does not match the private key, or it has expired. Upload the certificate of this key in ${JWT_FLOW}, or set private_key_file to the key that matches the certificate. If they match, check that client_id is the Consumer Key of this app.`;
