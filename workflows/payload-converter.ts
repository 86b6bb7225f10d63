import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/workflow';
import { isDeep } from './form.ts';

/**
 * The SDK's converter, but it reads undefined instead of failing: for an unknown encoding, for broken JSON, and for
 * values so deep that they could never be written again. Otherwise one unreadable signal would fail every later task of
 * its workflow. The forms of messages refuse undefined.
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
