import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { JoinReply, NewBoardReply, NewInvitationReply } from "#shared/protocol/api.ts";
import { askAcksParam } from "#shared/protocol/messages.ts";
import { bearer, callApi, joinByLink } from "../../../server/demo/demo-person.ts";
import { projectFolder, startServerProcess } from "./server-process.ts";
import type { Seat, StartSide } from "./sides.ts";

/** Calls under way at once while boards are made; more would only queue up. */
const makersAtOnce = 4;

/** Our server as `npm start` runs it, its boards made through its API by a program with a token. */
export const startOurs: StartSide = async ({ nodeFlags = [] } = {}) => {
  const settings = (folder: string, port: number) => ({
    HOST: "127.0.0.1",
    PORT: String(port),
    DATA_DIR: join(folder, "data"),
    LOG_LEVEL: "warn",
  });
  const server = await startServerProcess({ nodeFlags, args: () => ["server/main.js"], env: settings });
  const url = `http://127.0.0.1:${server.port()}`;
  const token = execFileSync(process.execPath, ["server/admin.ts", "token", "--name", "bench"], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...settings(server.folder, server.port()) },
  })
    .toString()
    .trim();

  const makeBoard = async (number: number, people: number): Promise<readonly Seat[]> => {
    const made = await callApi<NewBoardReply>(
      url,
      "POST",
      "/api/boards",
      { title: `Board ${number}`, owner: { name: "Ana", language: "en" } },
      bearer(token),
    );
    const owner = await joinByLink(url, made.invitation.url);
    const joined: JoinReply[] = [owner];
    const lanes = owner.lanes.map(({ laneId }) => ({ laneId, access: "write" as const }));
    while (joined.length < people) {
      const invited = await callApi<NewInvitationReply>(
        url,
        "POST",
        `/api/boards/${made.boardId}/invitations`,
        { name: "Bo", role: "supporter", language: "en", lanes },
        bearer(owner.sessionToken),
      );
      if ("pending" in invited) throw new Error("Bug: the owner's own invitation waits");
      joined.push(await joinByLink(url, invited.url));
    }
    return joined.map((person) => {
      const lane = person.lanes.find(({ kind }) => kind === "shared");
      if (!lane) throw new Error("Bug: no shared lane");
      return {
        path: `/sync/${lane.laneId}?${askAcksParam}=1`,
        headers: { ...bearer(person.sessionToken), origin: url },
        address: new Uint8Array(),
        hello: [],
        acks: true,
      };
    });
  };

  return {
    name: "ours",
    server,
    makeBoards: async (boards, people) => {
      const seats: (readonly Seat[])[] = [];
      let next = 0;
      const make = async () => {
        while (next < boards) {
          const number = next++;
          seats[number] = await makeBoard(number, people);
        }
      };
      await Promise.all(Array.from({ length: makersAtOnce }, make));
      return seats;
    },
  };
};
