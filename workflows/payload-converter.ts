import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/workflow';
import { isDeep } from './form.ts';

/**
 * What workflows are sent, as the SDK reads it, and undefined where it cannot: an unknown encoding, or broken JSON; or where
 * it is so deep that it could never be written again. Without this, one signal that nobody can read would fail every later
 * task of its workflow. The forms of messages refuse undefined.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<Value>(payload: Parameters<PayloadConverter['fromPayload']>[0]): Value {
    try {
      const value = defaultPayloadConverter.fromPayload<Value>(payload);
      return isDeep(value) ? (undefined as Value) : value;
    } catch {
      return undefined as Value;
    }
  },
};
