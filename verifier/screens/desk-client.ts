import { connectRole } from '@fujie/shared/ui/role-client.ts'
import { listenToRole } from '@fujie/shared/ui/role-events.ts'
import { checkNews, verifierContract, type CheckNews, type DeskView, type ScanAnswer } from '../contract.ts'

/** What the counter's page asks its server; every function throws faults as `connectRole` says. */
export interface DeskClient {
  view(): Promise<DeskView>
  open(purpose: string): Promise<string>
  cancel(id: string): Promise<void>
  scanned(id: string, text: string): Promise<ScanAnswer>
  pickUp(id: string, code: string): Promise<ScanAnswer>
  /** The answer stops listening. */
  listen(id: string, onnews: (news: CheckNews) => void, onlost: () => void): () => void
}

export function connectDesk(): DeskClient {
  const role = connectRole(verifierContract)
  return {
    view: () => role.desk({}),
    open: async (purpose) => (await role.openCheck({ purpose })).id,
    cancel: (id) => role.cancelCheck({ id }),
    scanned: (id, text) => role.scanned({ id, text }),
    pickUp: (id, code) => role.pickUp({ id, code }),
    listen: (id, onnews, onlost) => listenToRole(`/checks/${id}`, checkNews, { onevent: onnews, onend: onlost }),
  }
}
