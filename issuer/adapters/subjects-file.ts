import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { parseJson } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Subject, Subjects } from '../desk/ports.ts'

const day = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/))

const subjects: z.ZodMiniType<readonly Subject[]> = z.array(
  z.strictObject({
    id: z.string().check(z.regex(/^[a-z0-9-]{1,40}$/)),
    name: z.string().check(z.minLength(1), z.maxLength(50)),
    idNumber: z.string().check(z.regex(/^\d{17}[\dX]$/)),
    birthdate: day,
    gender: z.union([z.literal(1), z.literal(2), z.literal(9)]),
    ethnicity: z.string(),
    nationality: z.string(),
    address: z.string(),
    documentNumber: z.string(),
    validFrom: day,
    validTo: z.union([day, z.literal('long_term')]),
  }),
)

/**
 * The agency's register in a JSON file.
 *
 * @throws Fault `request.malformed` if the file is not a list of subjects
 */
export function subjectsOfFile(path: string): Subjects {
  const read = subjects.safeParse(parseJson(readFileSync(path, 'utf8'), { array: 100_000 }))
  if (!read.success) throw new Fault('request.malformed', { at: read.error.issues[0]?.path.join('.') ?? '' })
  return subjectsOf(read.data)
}

/** The agency's register as it is given. */
export function subjectsOf(list: readonly Subject[]): Subjects {
  const byId = new Map(list.map((subject) => [subject.id, subject]))
  return { list: () => list, find: (id) => byId.get(id) }
}
