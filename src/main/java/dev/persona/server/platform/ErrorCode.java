package dev.persona.server.platform;

/**
 * What went wrong, in a form that programs can rely on: the name appears in problem documents as {@code code}.
 *
 * <p>The kind decides who has to act, the status is the HTTP status of the problem response (RFC 9457).
 */
public enum ErrorCode {
    /** A query parameter, path segment or header is wrong. */
    INVALID_REQUEST(Kind.USER, 400, "The request has faults"),
    /** The request body is no JSON or YAML at all. */
    MALFORMED_DOCUMENT(Kind.USER, 400, "The document can't be read"),
    /** The document can be read, but something in it is wrong; the problem lists every fault with its JSON pointer. */
    INVALID_DOCUMENT(Kind.USER, 422, "The document has faults"),
    /** The request comes, or may come, from a web page of somebody else. */
    FORBIDDEN(Kind.USER, 403, "The request is not allowed"),
    NOT_FOUND(Kind.USER, 404, "There is no such thing"),
    METHOD_NOT_ALLOWED(Kind.USER, 405, "The method is not allowed here"),
    /** None of the media types that the caller accepts can be served. */
    NOT_ACCEPTABLE(Kind.USER, 406, "No acceptable media type"),
    TOO_LARGE(Kind.USER, 413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(Kind.USER, 415, "The media type is not understood"),
    TOO_MANY(Kind.USER, 429, "A limit is reached"),
    ALREADY_EXISTS(Kind.CONFLICT, 409, "There is already one with this name"),
    /** It can't be deleted while something uses it. */
    IN_USE(Kind.CONFLICT, 409, "It is in use"),
    REVISION_MISMATCH(Kind.CONFLICT, 412, "It has changed since you read it"),
    REVISION_REQUIRED(Kind.CONFLICT, 428, "Say which revision you mean"),
    /** Something outside of this program failed: the database, a file, a peer. */
    EXTERNAL_FAILURE(Kind.EXTERNAL, 503, "Something that the server depends on failed"),
    INTERNAL_FAILURE(Kind.INTERNAL, 500, "The server failed");

    /** Who has to act. */
    public enum Kind {
        USER,
        CONFLICT,
        EXTERNAL,
        INTERNAL
    }

    private final Kind kind;
    private final int status;
    private final String title;

    ErrorCode(Kind kind, int status, String title) {
        this.kind = kind;
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

    public Kind kind() {
        return kind;
    }

    /** The HTTP status of the problem response, 400..599. */
    public int status() {
        return status;
    }

    /** The problem's title: the same for every occurrence. */
    public String title() {
        return title;
    }
}
