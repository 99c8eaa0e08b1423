import { describe, expect, it } from 'vitest'
import { readGunReport, scannerPage, type ReportCollection } from './gun-report.ts'

const usage = (id: number) => (scannerPage << 16) | id
/** As scanners describe themselves: a length, three letters of symbology, the code, and whether more follows. */
const collections: readonly ReportCollection[] = [
  {
    children: [
      {
        inputReports: [
          {
            reportId: 2,
            items: [
              { usages: [0x10030], reportSize: 8, reportCount: 1 },
              { usages: [usage(0xfb), usage(0xfc), usage(0xfd)], reportSize: 8, reportCount: 3 },
              { usages: [usage(0xfe)], reportSize: 8, reportCount: 12 },
              { usages: [usage(0xff)], reportSize: 1, reportCount: 1 },
              { usages: [], reportSize: 7, reportCount: 1 },
            ],
          },
        ],
      },
    ],
  },
]

function report(text: string, more = false): DataView {
  const bytes = new Uint8Array(17)
  bytes.set([text.length, 0x5d, 0x51, 0x31])
  bytes.set(new TextEncoder().encode(text), 4)
  if (more) bytes[16] = 1
  return new DataView(bytes.buffer)
}

const read = (data: DataView, id = 2) => readGunReport(collections, id, data)
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

describe('report of a scanner', () => {
  it('accepts the letters where the device says they are', () => {
    const piece = read(report('FJP1:ABC.'))
    expect(textOf(piece?.bytes)).toBe('FJP1:ABC.')
    expect(piece?.more).toBe(false)
  })

  it('names a piece that is followed by another', () => {
    expect(read(report('FJP1:ABCDEFG', true))?.more).toBe(true)
  })

  it('refuses a report it knows no letters in', () => {
    expect(read(report('FJP1'), 3)).toBeUndefined()
    expect(readGunReport([{ inputReports: [{ reportId: 2 }] }], 2, report('FJP1'))).toBeUndefined()
  })

  it('keeps within a report that is shorter than described', () => {
    expect(read(new DataView(new ArrayBuffer(3)))).toEqual({ bytes: new Uint8Array(), more: false })
    expect(textOf(read(new DataView(report('FJP1').buffer, 0, 6))?.bytes)).toBe('FJ')
  })
})
