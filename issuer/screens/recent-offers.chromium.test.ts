import { mount, unmount } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import '@fujie/shared/ui/theme.css'
import { Fault } from '@fujie/shared/core/fault.ts'
import RecentOffers from './RecentOffers.svelte'

type Status = 'valid' | 'suspended' | 'revoked'

let shown: Record<string, unknown> | undefined

afterEach(async () => {
  if (shown) await unmount(shown)
  shown = undefined
})

/** An agency of two delivered documents that refuses the first `refusals` changes. */
function agencyThat(refusals: number) {
  const status: Record<string, Status> = { first: 'valid', second: 'valid' }
  const asked: unknown[] = []
  const row = (id: string) => ({
    id,
    person: id,
    type: 't',
    state: 'delivered',
    wrong: 0,
    copies: 1,
    status: status[id],
  })
  return {
    asked,
    offers: () => Promise.resolve({ offers: ['second', 'first'].map(row) }),
    setStatus(input: { offer: string; status: Status }) {
      asked.push(input)
      if (asked.length <= refusals) return Promise.reject(new Fault('registry.unreachable'))
      status[input.offer] = input.status
      return Promise.resolve({ changed: 1 })
    },
  }
}

const desk = { agency: { zh: '', en: '' }, identifier: '', did: '', types: [], people: [] }
const button = (id: string, act: string) =>
  document.querySelector<HTMLElement>(`[data-id="${id}"] [data-act="${act}"]`) ?? undefined
const note = () => document.querySelector<HTMLElement>('[data-fault]') ?? undefined

function show(agency: ReturnType<typeof agencyThat>) {
  const props = { agency: agency as never, desk, changed: 0, watching: undefined }
  shown = mount(RecentOffers, { target: document.body, props })
}

describe('the newest offers', () => {
  it('change the state of the one that was pressed', async () => {
    const agency = agencyThat(0)
    show(agency)
    await vi.waitFor(() => expect(button('first', 'suspend')).toBeDefined())
    button('first', 'suspend')?.click()
    await vi.waitFor(() => expect(button('first', 'restore')).toBeDefined())
    expect(agency.asked).toEqual([{ offer: 'first', status: 'suspended' }])
    expect(button('second', 'suspend')).toBeDefined()
  })

  it('name a change that was not carried out, and try it again', async () => {
    const agency = agencyThat(1)
    show(agency)
    await vi.waitFor(() => expect(button('first', 'suspend')).toBeDefined())
    button('first', 'suspend')?.click()
    await vi.waitFor(() => expect(note()?.dataset.fault).toBe('registry.unreachable'))
    expect(button('first', 'suspend')).toBeDefined()
    note()?.querySelector('button')?.click()
    await vi.waitFor(() => expect(button('first', 'restore')).toBeDefined())
    expect(note()).toBeUndefined()
    expect(agency.asked).toHaveLength(2)
  })
})
