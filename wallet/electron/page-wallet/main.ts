import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { mount } from 'svelte'
import { wallet } from '../../engine/contract.ts'
import App from '../../screens/App.svelte'
import { connectBridge, type Bridge } from '../../transport/ipc.ts'

const { fujie } = globalThis as unknown as { readonly fujie: Bridge }
const target = document.querySelector('#app')
// Requests are answered in a window of their own: this one has no way to approve.
if (target) mount(App, { target, props: { wallet: connectBridge(wallet, fujie), consent: undefined } })
