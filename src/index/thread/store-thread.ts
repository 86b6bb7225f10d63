// The code of a thread that keeps run stores open: see in-thread.ts.
import { serveCalls } from '../../threads/serve.ts';
import { storeFunctions } from './store-functions.ts';

serveCalls(storeFunctions());
