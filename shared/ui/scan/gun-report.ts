/** One field of a report: so many numbers of so many bits, and what they mean (page × 65,536 + usage). */
export interface ReportItem {
  readonly usages?: readonly number[]
  readonly reportSize?: number
  readonly reportCount?: number
}

export interface ReportCollection {
  readonly inputReports?: readonly { readonly reportId?: number; readonly items?: readonly ReportItem[] }[]
  readonly children?: readonly ReportCollection[]
}

/** A piece of a code, and whether another one follows. */
export interface GunPiece {
  readonly bytes: Uint8Array
  readonly more: boolean
}

/** Usage page of scanners for points of sale (USB HID POS Usage Tables 1.02, page 8C hexadecimal). */
export const scannerPage = 0x8c
const decodedData = (scannerPage << 16) | 0xfe
const decodedDataContinued = (scannerPage << 16) | 0xff

/**
 * The letters in a report of a scanner, found by the description the device gave of itself.
 *
 * @returns undefined if the report holds no field of decoded letters
 */
export function readGunReport(
  collections: readonly ReportCollection[],
  reportId: number,
  data: DataView,
): GunPiece | undefined {
  const items = collections.flatMap((each) => itemsOf(each, reportId))
  let [bit, more] = [0, false]
  let bytes: Uint8Array | undefined
  for (const { usages = [], reportSize = 0, reportCount = 0 } of items) {
    const length = reportSize * reportCount
    if (usages.includes(decodedData) && reportSize === 8 && bit % 8 === 0) bytes = lettersOf(data, bit / 8, reportCount)
    if (usages.includes(decodedDataContinued)) more = isSet(data, bit, length)
    bit += length
  }
  return bytes && { bytes, more }
}

function itemsOf({ inputReports = [], children = [] }: ReportCollection, reportId: number): readonly ReportItem[] {
  const mine = inputReports.find((report) => (report.reportId ?? 0) === reportId)?.items ?? []
  return mine.length > 0 ? mine : children.flatMap((child) => itemsOf(child, reportId))
}

/** The field is filled up with zeros. */
function lettersOf(data: DataView, from: number, most: number): Uint8Array {
  const all = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(from, from + most)
  const end = all.findLastIndex((byte) => byte !== 0)
  return all.slice(0, end + 1)
}

function isSet(data: DataView, from: number, length: number): boolean {
  for (let bit = from; bit < from + length; bit++) {
    const byte = bit >> 3
    if (byte < data.byteLength && ((data.getUint8(byte) >> (bit & 7)) & 1) === 1) return true
  }
  return false
}
