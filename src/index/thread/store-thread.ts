// The code of a thread that keeps run stores open: see store-threads.ts.
import { serveCalls } from '../../threads/serve.ts';
import { storeFunctions } from './store-functions.ts';

serveCalls(storeFunctions());
