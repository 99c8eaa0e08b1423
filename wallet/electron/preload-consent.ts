import { contextBridge, ipcRenderer } from 'electron'

// The one thing the consent page gets from this process: questions on the channel `consent`, where requests are approved.
contextBridge.exposeInMainWorld('fujie', {
  ask: (method: string, input: unknown) => ipcRenderer.invoke('consent', method, input),
})
