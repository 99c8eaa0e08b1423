// Takes one row, named by the first argument, in a process that takes no other, and answers it to the parent.
import { verifyRows } from './rows.ts'

const [name = ''] = process.argv.slice(2)
const take = verifyRows[name]
if (take === undefined) throw new Error(`no row ${name}; there are ${Object.keys(verifyRows).join(', ')}`)
const row = await take()
process.send?.(row ?? null, () => process.exit())
