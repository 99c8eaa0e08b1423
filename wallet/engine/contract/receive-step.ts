import * as z from 'zod/mini'

/**
 * Where a receipt stands. In order, but for two that not every one comes by: `authorising`, a person is on the agency's
 * page, and `reviewing`, the agency is looking at it. `done` and `failed` end it.
 */
export const receiveStep = z.enum([
  'previewed',
  'authorising',
  'connecting',
  'making_keys',
  'fetching',
  'reviewing',
  'checking',
  'done',
  'failed',
])
export type ReceiveStep = z.output<typeof receiveStep>
