export { ConnectionWorkflow } from './connection.ts';
export { SyncWorkflow } from './sync.ts';
