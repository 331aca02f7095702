/** An error as the API tells it: `application/problem+json`, RFC 9457. */
export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  request_id?: string;
}

export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;

  constructor(status: number, body: ProblemBody) {
    const title = text(body.title) || `the server answered with ${status}`;
    super(title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = text(body.detail);
    this.requestId = text(body.request_id);
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 2000) : "";
}

/** What went wrong and what to do, of whatever was thrown. */
export function explain(error: unknown): { title: string; detail: string; advice: string; requestId: string } {
  if (error instanceof Problem) {
    return { title: error.title, detail: error.detail, advice: advice(error.status), requestId: error.requestId };
  }
  if (error instanceof TypeError) {
    return {
      title: "The server cannot be reached",
      detail: "",
      advice: "Look whether `sightline serve` still runs, then try again.",
      requestId: "",
    };
  }
  return { title: "Something went wrong in the console", detail: String(error).slice(0, 500), advice: "Load the page again.", requestId: "" };
}

function advice(status: number): string {
  switch (status) {
    case 400:
    case 422:
      return "Change the filters or the input, then try again.";
    case 403:
      return "Your token's role may not do this. An administrator makes tokens: sightline token create --role ROLE --name NAME";
    case 404:
      return "It may have gone with a newer scan. Go back to the list.";
    case 408:
    case 504:
      return "It took too long. Ask for less: narrow the filters or add a limit.";
    case 409:
      return "Something else is running or has changed it. Wait, then try again.";
    case 429:
      return "Too many requests. Wait a moment, then try again.";
    default:
      return "Try again. If it stays, the server's log tells more.";
  }
}
