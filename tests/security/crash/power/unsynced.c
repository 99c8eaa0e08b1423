/* A disk that says written before it has: the control of all that rests on a sync. */
int fsync(int file) { return file < 0 ? -1 : 0; }
int fdatasync(int file) { return file < 0 ? -1 : 0; }
