package dev.persona.agent.api;

/**
 * What went wrong, in a form that programs can rely on: the name appears in problem documents as {@code code}, as it does
 * in those of the server.
 */
enum ErrorCode {
    /** A query parameter or a path segment is wrong. */
    INVALID_REQUEST(400, "The request has faults"),
    /** The request body is no JSON at all. */
    MALFORMED_DOCUMENT(400, "The document can't be read"),
    /** The document can be read, but something in it is wrong; the problem lists every fault with its JSON pointer. */
    INVALID_DOCUMENT(422, "The document has faults"),
    /** The request came by a way that only an attack on a browser takes. */
    FORBIDDEN(403, "The request is not allowed"),
    NOT_FOUND(404, "There is no such thing"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
    /** None of the media types that the caller accepts can be served. */
    NOT_ACCEPTABLE(406, "No acceptable media type"),
    /** The host is held by a rollback. */
    HELD(409, "The host is held"),
    /** There is no hold to end. */
    NOT_HELD(409, "The host is not held"),
    TOO_LARGE(413, "The request is too large"),
    TOO_MANY(429, "A limit is reached"),
    /** The host did not take the change; the problem lists each parameter and why. */
    EXTERNAL_FAILURE(503, "Something that the agent depends on failed"),
    INTERNAL_FAILURE(500, "The agent failed");

    private final int status;
    private final String title;

    ErrorCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The code of a problem that has only an HTTP status, 400..599: the first with that status, else the most general. */
    static ErrorCode ofStatus(int status) {
        for (ErrorCode code : values()) {
            if (code.status == status) {
                return code;
            }
        }
        return status < 500 ? INVALID_REQUEST : INTERNAL_FAILURE;
    }

    /** The HTTP status of the problem response, 400..599. */
    int status() {
        return status;
    }

    /** The problem's title: the same for every occurrence. */
    String title() {
        return title;
    }
}
