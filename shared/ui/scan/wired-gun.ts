import { createGunLines } from './gun-lines.ts'
import { readGunReport, scannerPage, type ReportCollection } from './gun-report.ts'

/** How a scanner can be reached without its playing keyboard. */
export type Wire = 'hid' | 'serial'

/** A scanner the person chose, until it is closed or pulled out. */
export interface WiredGun {
  close(): void
}

/** Milliseconds of silence after which a code without an ending is whole. */
const silence = 120
/** What scanners that speak over a serial line are set to when they leave the factory. */
const baudRate = 9_600

interface HidDevice extends EventTarget {
  readonly opened: boolean
  readonly collections: readonly ReportCollection[]
  open(): Promise<void>
  close(): Promise<void>
}
interface HidReport extends Event {
  readonly reportId: number
  readonly data: DataView
}
interface SerialPort {
  readonly readable: ReadableStream<Uint8Array> | null
  open(options: { readonly baudRate: number }): Promise<void>
  close(): Promise<void>
}

/** Members that some browsers have and the types do not. */
interface WiredNavigator {
  readonly hid?: {
    requestDevice(wish: { readonly filters: readonly { readonly usagePage: number }[] }): Promise<readonly HidDevice[]>
  }
  readonly serial?: { requestPort(): Promise<SerialPort> }
}

/** The wires this browser offers. */
export function wires(browser: WiredNavigator = navigator as WiredNavigator): readonly Wire[] {
  return [...(browser.hid ? (['hid'] as const) : []), ...(browser.serial ? (['serial'] as const) : [])]
}

/**
 * Lets the person choose a scanner and listens to it.
 *
 * @param ontext a code it read
 * @param onend it was pulled out
 * @returns undefined if none was chosen
 * @throws DOMException if the one that was chosen cannot be opened
 */
export async function openWiredGun(
  wire: Wire,
  ontext: (text: string) => void,
  onend: () => void,
  browser: WiredNavigator = navigator as WiredNavigator,
): Promise<WiredGun | undefined> {
  if (wire === 'hid') {
    const [device] = (await browser.hid?.requestDevice({ filters: [{ usagePage: scannerPage }] })) ?? []
    return device && (await listenToHid(device, ontext))
  }
  const port = await browser.serial?.requestPort().catch(noneChosen)
  return port && (await listenToSerial(port, ontext, onend))
}

function noneChosen(thrown: unknown): undefined {
  if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return undefined
  throw thrown
}

async function listenToHid(device: HidDevice, ontext: (text: string) => void): Promise<WiredGun> {
  const lines = createGunLines()
  if (!device.opened) await device.open()
  const hear = (event: Event) => {
    const { reportId, data } = event as HidReport
    const piece = readGunReport(device.collections, reportId, data)
    if (piece === undefined) return
    lines.bytes(piece.bytes).forEach(ontext)
    const whole = piece.more ? undefined : lines.rest()
    if (whole !== undefined) ontext(whole)
  }
  device.addEventListener('inputreport', hear)
  return {
    close() {
      device.removeEventListener('inputreport', hear)
      void device.close().catch(() => undefined)
    },
  }
}

async function listenToSerial(port: SerialPort, ontext: (text: string) => void, onend: () => void): Promise<WiredGun> {
  await port.open({ baudRate })
  const reader = port.readable?.getReader()
  let closed = false
  void readOn(reader, ontext).then(async () => {
    await port.close().catch(() => undefined)
    if (!closed) onend()
  })
  return {
    close() {
      closed = true
      void reader?.cancel().catch(() => undefined)
    },
  }
}

/** Reads until the port ends, for whatever reason. */
async function readOn(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  ontext: (text: string) => void,
): Promise<void> {
  const lines = createGunLines()
  let timer: ReturnType<typeof setTimeout> | undefined
  const whole = () => {
    const text = lines.rest()
    if (text !== undefined) ontext(text)
  }
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      clearTimeout(timer)
      lines.bytes(part.value).forEach(ontext)
      timer = setTimeout(whole, silence)
    }
  } catch {
    // Pulled out.
  } finally {
    reader?.releaseLock()
  }
}
