import { Fault, faultCode } from '@fujie/shared/core/fault.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import { isTrustRecord, type SignedRecord } from '@fujie/shared/core/record/record.ts'
import { readRecord } from './known-states.ts'
import type { QuotaBook } from './quota.ts'
import type { Sequencer } from './sequence.ts'
import { verifyToken, type TokenPorts } from './token.ts'

/** Who may create DIDs: anybody, or whom an accredited DID vouches for. */
export type AdmissionMode = 'open' | 'sponsored'

/** Who sends a record in from outside. */
export interface Caller {
  /** Absent on the machine itself, where only its operator is. */
  readonly address?: string
  /** Value of `Fujie-Sponsor`. */
  readonly sponsor?: string
}

export interface AdmissionPorts extends TokenPorts {
  readonly mode: AdmissionMode
  readonly quotas: QuotaBook
  readonly policy: () => Sequencer['policy']
}

const sponsorTokenType = 'fujie-sponsor+jws'

/** Whether a record takes rights away or gives a stolen DID back: no quota stops it, and a part of each batch is its. */
export function isEmergency({ payload }: SignedRecord): boolean {
  if (payload.kind === 'recover' || payload.kind === 'deactivate') return true
  return 'status' in payload && payload.status !== 'active'
}

/**
 * Admits a record to the queue, or says why not (registry, 13): by its sender, its sponsor and whose it is. No record's
 * signature was looked at yet, so an emergency is let past; its rules are checked where it is folded.
 *
 * @throws Fault `admission.quota`, `admission.not_sponsored`
 */
export async function admitRecord(ports: AdmissionPorts, record: SignedRecord, caller: Caller): Promise<void> {
  if (isEmergency(record)) return
  const { payload } = record
  if (caller.address !== undefined) useQuota(ports, 'address', caller.address)
  if (payload.kind === 'create') return admitCreate(ports, record, caller)
  if (payload.kind === 'pol') return
  if ('by' in payload) useQuota(ports, 'organisation', payload.by)
  else useQuota(ports, 'did', nameOfRecord(record).name)
}

async function admitCreate(ports: AdmissionPorts, record: SignedRecord, { sponsor }: Caller): Promise<void> {
  if (ports.mode === 'open') return
  const did = sponsor === undefined ? undefined : await sponsorOf(ports, record, sponsor)
  if (did === undefined) throw new Fault('admission.not_sponsored')
  useQuota(ports, 'sponsor', did)
}

/** The accredited DID that signed for just this record. */
async function sponsorOf(ports: AdmissionPorts, { id }: SignedRecord, sponsor: string): Promise<string | undefined> {
  try {
    const { did, claims } = await verifyToken(ports, sponsor, sponsorTokenType)
    return claims.id === id && (await isAccredited(ports, did)) ? did : undefined
  } catch (thrown) {
    if (faultCode(thrown) !== 'token.invalid') throw thrown
    return undefined
  }
}

/** By a root itself, now, for anything. */
async function isAccredited({ states, entries, clock, policy }: AdmissionPorts, did: string): Promise<boolean> {
  const now = clock.now()
  for (const root of policy()?.roots ?? []) {
    const state = states.find('acc', `${root} ${did}`)
    const record = state && (await readRecord(entries, state.index))
    if (record === undefined || !isTrustRecord(record, 'acc') || record.payload.status !== 'active') continue
    if (record.payload.body.types.some(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter)) return true
  }
  return false
}

function useQuota({ quotas, clock }: AdmissionPorts, kind: Parameters<QuotaBook['use']>[0], principal: string): void {
  if (!quotas.use(kind, principal, clock.now())) throw new Fault('admission.quota', { kind })
}
