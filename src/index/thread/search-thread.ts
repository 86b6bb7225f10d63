// The code of a thread that searches: see search-in-threads.ts.
import { serveCalls } from '../../threads/serve.ts';
import { searchFunctions } from './search-functions.ts';

serveCalls(searchFunctions());
