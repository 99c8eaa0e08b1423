import type { Json } from '../encoding/json.ts'
import { hashAt, integerAt, objectAt, textAt } from './members.ts'

/** Body of a `log` record: the head of another log, such as an audit or an opening log. */
export interface LogHead {
  readonly origin: string
  readonly size: number
  readonly root: string
}

/** An origin names a log in signed notes: no blank, no `+`. */
export const originForm = /^[\x21-\x2a\x2c-\x7e]{1,128}$/

/** @throws Fault `operation.malformed` */
export function parseLogHead(value: Json | undefined): LogHead {
  const body = objectAt(value, 'body', ['origin', 'size', 'root'])
  return {
    origin: textAt(body.origin, 'body.origin', originForm),
    size: integerAt(body.size, 'body.size'),
    root: hashAt(body.root, 'body.root'),
  }
}
