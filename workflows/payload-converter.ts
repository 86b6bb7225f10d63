import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/workflow';

/**
 * What workflows are sent, as the SDK reads it, and undefined where it cannot: an unknown encoding, or broken JSON. Without
 * this, one signal that nobody can read would fail every later task of its workflow. The forms of messages refuse undefined.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<Value>(payload: Parameters<PayloadConverter['fromPayload']>[0]): Value {
    try {
      return defaultPayloadConverter.fromPayload<Value>(payload);
    } catch {
      return undefined as Value;
    }
  },
};
