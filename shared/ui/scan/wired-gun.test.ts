import { describe, expect, it, vi } from 'vitest'
import { scannerPage } from './gun-report.ts'
import { openWiredGun, wires } from './wired-gun.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function fakePort() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const readable = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
  const port = { readable, open: vi.fn(() => Promise.resolve()), close: vi.fn(() => Promise.resolve()) }
  return {
    port,
    send: (text: string) => controller?.enqueue(bytes(text)),
    pullOut: () => controller?.error(new Error('gone')),
  }
}

class FakeHid extends EventTarget {
  opened = false
  readonly collections = [
    {
      inputReports: [
        {
          reportId: 1,
          items: [
            { usages: [(scannerPage << 16) | 0xfe], reportSize: 8, reportCount: 8 },
            { usages: [(scannerPage << 16) | 0xff], reportSize: 8, reportCount: 1 },
          ],
        },
      ],
    },
  ]
  open = () => Promise.resolve(void (this.opened = true))
  close = () => Promise.resolve(void (this.opened = false))

  report(text: string, more: boolean): void {
    const data = new Uint8Array(9)
    data.set(bytes(text))
    data[8] = more ? 1 : 0
    this.dispatchEvent(Object.assign(new Event('inputreport'), { reportId: 1, data: new DataView(data.buffer) }))
  }
}

describe('wired scanners', () => {
  it('names the wires a browser has', () => {
    expect(wires({})).toEqual([])
    expect(wires({ serial: { requestPort: () => Promise.reject(new Error()) } })).toEqual(['serial'])
  })

  it('reads codes from a serial port, and one without an ending after some silence', async () => {
    const { port, send } = fakePort()
    const read: string[] = []
    const gun = await openWiredGun('serial', (text) => read.push(text), vi.fn(), {
      serial: { requestPort: () => Promise.resolve(port) },
    })
    expect(port.open).toHaveBeenCalledWith({ baudRate: 9_600 })
    send('FJP1:A.\rFJP1')
    await vi.waitFor(() => expect(read).toEqual(['FJP1:A.']))
    send(':B.')
    await vi.waitFor(() => expect(read).toEqual(['FJP1:A.', 'FJP1:B.']))
    gun?.close()
    await vi.waitFor(() => expect(port.close).toHaveBeenCalled())
  })

  it('tells that a scanner was pulled out, and not that it was closed', async () => {
    for (const [pulled, times] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const { port, pullOut } = fakePort()
      const onend = vi.fn()
      const gun = await openWiredGun('serial', vi.fn(), onend, { serial: { requestPort: () => Promise.resolve(port) } })
      if (pulled) pullOut()
      else gun?.close()
      await vi.waitFor(() => expect(port.close).toHaveBeenCalled())
      await Promise.resolve()
      expect(onend).toHaveBeenCalledTimes(times)
    }
  })

  it('accepts that nothing was chosen', async () => {
    const none = { requestPort: () => Promise.reject(new DOMException('', 'NotFoundError')) }
    expect(await openWiredGun('serial', vi.fn(), vi.fn(), { serial: none })).toBeUndefined()
    const hid = { requestDevice: () => Promise.resolve([]) }
    expect(await openWiredGun('hid', vi.fn(), vi.fn(), { hid })).toBeUndefined()
  })

  it('joins the reports of one code, and hears no more once closed', async () => {
    const device = new FakeHid()
    const read: string[] = []
    const gun = await openWiredGun('hid', (text) => read.push(text), vi.fn(), {
      hid: { requestDevice: () => Promise.resolve([device]) },
    })
    device.report('FJP1:ABC', true)
    expect(read).toEqual([])
    device.report('DEF.', false)
    expect(read).toEqual(['FJP1:ABCDEF.'])
    gun?.close()
    device.report('FJP1:X.', false)
    expect(read).toHaveLength(1)
    expect(device.opened).toBe(false)
  })
})
