/**
 * Every way an HTTP call can fail: status and an English sentence a person can act on. The screens look the `kind` up in
 * their own catalog (`error.<kind>`); the sentence is for those who read the API.
 */
export const errorTable = {
  "bad-request": {
    status: 400,
    message: "The request could not be read, so nothing was changed. Check its fields and send it again.",
  },
  "not-signed-in": {
    status: 401,
    message: "You are not signed in on this device. Nothing is lost. Open your invitation or sign in, then try again.",
  },
  "wrong-password": { status: 401, message: "The e-mail or the password is not right. Check both and try again." },
  "not-allowed": {
    status: 403,
    message: "Your role on this board does not allow this, so nothing was changed. Ask the board's owner.",
  },
  "wrong-origin": {
    status: 403,
    message: "This call came from another website, so it was refused. Open the board at its own address.",
  },
  "not-found": { status: 404, message: "There is nothing at this address, or it is not yours to see. Check the link." },
  "invitation-wrong": {
    status: 404,
    message: "This link or code is not right. Check each character, or ask for a new one.",
  },
  "invitation-used": {
    status: 410,
    message:
      "This invitation has been used. If that was you, open the board on that device. If not, ask for a new one.",
  },
  "invitation-expired": {
    status: 410,
    message: "This invitation is too old. Ask the person who invited you for a new one.",
  },
  "invitation-revoked": { status: 410, message: "This invitation was taken back. Ask the person who invited you." },
  "invitation-pending": {
    status: 409,
    message: "The board's owner has not said yes to this invitation yet. Ask them.",
  },
  "owner-exists": {
    status: 409,
    message: "This board has its owner already, and there can be only one. Choose another role.",
  },
  "setup-done": { status: 410, message: "This set-up link has been used. Sign in instead." },
  "email-taken": { status: 409, message: "There is an account with this e-mail already. Sign in instead." },
  "too-many-tries": {
    status: 429,
    message: "There were too many tries from here. Wait a few minutes, then try again.",
  },
  "file-not-a-board": {
    status: 422,
    message: "This file is not a copy of a board, so nothing was made. Choose the file that was saved from a board.",
  },
  "file-too-new": {
    status: 422,
    message: "This copy comes from a newer version of this program, so nothing was made. Open it where it is newer.",
  },
  "file-broken": {
    status: 422,
    message: "Something in this copy of a board is wrong, so nothing was made. Ask for a fresh copy.",
  },
  "history-too-large": {
    status: 422,
    message:
      "This part of the board has changed so much that its past cannot be put together at once. Nothing was changed. Ask for a later moment.",
  },
  "history-moved-on": {
    status: 409,
    message: "Somebody has changed the board since you looked, so nothing was changed. Look again, then decide.",
  },
  "history-busy": {
    status: 503,
    message: "Many people are looking at earlier boards just now, so nothing was changed. Try again in a moment.",
  },
  "lane-damaged": {
    status: 409,
    message:
      "Something kept of this board is damaged, so it is not shown. Nothing was changed. The owner or a worker can bring back the last good state.",
  },
  "too-large": { status: 413, message: "This is too large to take, so nothing was changed. Send less at once." },
  "not-storing": {
    status: 503,
    message:
      "The server cannot write to its disk just now, so nothing was changed. Keep this page open and try again soon.",
  },
  unexpected: { status: 500, message: "Something went wrong on the server. What reads Saved is safe. Try again." },
} as const;
export type ErrorKind = keyof typeof errorTable;

/** `at`: where in a file, as in `cards[3].kind` (`file-broken` alone). */
export interface ErrorBody {
  readonly error: { readonly kind: ErrorKind; readonly message: string; readonly at?: string };
}
