import { generate } from 'selfsigned';

const make = () => generate([{ name: 'commonName', value: 'test' }], { keySize: 2048, algorithm: 'sha256' });
const [one, other] = await Promise.all([make(), make()]);

/** Two RSA keys with self-signed certificates. */
export const { private: KEY, cert: CERTIFICATE } = one;
export const { private: OTHER_KEY, cert: OTHER_CERTIFICATE } = other;
