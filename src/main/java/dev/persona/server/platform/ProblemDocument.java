package dev.persona.server.platform;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemPostProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.OptimisticLockException;
import jakarta.ws.rs.WebApplicationException;
import java.net.URI;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.StaleStateException;
import org.hibernate.exception.ConstraintViolationException;
import org.jboss.logging.Logger;

/**
 * Turns whatever ended a request into one form of problem document (RFC 9457); the only place that decides what a caller
 * is told.
 *
 * <p>Besides the standard members it has {@code code} (an {@link ErrorCode}) and, where a document was refused,
 * {@code errors}: every fault with its JSON pointer. A failure of the server tells nothing but a {@code correlation_id},
 * under which the log has the cause.
 */
@ApplicationScoped
public class ProblemDocument implements ProblemPostProcessor {
    private static final Logger LOG = Logger.getLogger(ProblemDocument.class);
    private static final int DEEPEST_CAUSE = 20;

    /** SQLSTATE classes of a database that can't be reached, is shutting down, out of resources or busy (90: H2). */
    private static final Set<String> UNAVAILABLE = Set.of("08", "40", "53", "57", "58", "90", "HY");

    @Override
    public HttpProblem apply(HttpProblem problem, ProblemContext context) {
        PolicyException refusal = refusal(context.cause, problem.getDetail());
        ErrorCode code = refusal.code();
        HttpProblem.Builder document = of(refusal).withInstance(problem.getInstance());
        problem.getHeaders().forEach(document::withHeader);
        if (code.status() >= 500) {
            String correlationId = UUID.randomUUID().toString();
            document.with("correlation_id", correlationId);
            LOG.errorf(
                    context.cause,
                    "request failed code=%s path=%s correlation_id=%s",
                    code,
                    Shown.text(context.path),
                    correlationId);
        } else {
            LOG.debugf("request refused code=%s path=%s", code, Shown.text(context.path));
        }
        return document.build();
    }

    /** What every problem says, whoever answers the request. */
    static HttpProblem.Builder of(PolicyException refusal) {
        ErrorCode code = refusal.code();
        HttpProblem.Builder document = HttpProblem.builder()
                .withType(URI.create("urn:problem-type:instance-persona:"
                        + code.name().toLowerCase(Locale.ROOT).replace('_', '-')))
                .withTitle(code.title())
                .withStatus(code.status())
                .withDetail(refusal.getMessage())
                .with("code", code.name());
        if (!refusal.faults().isEmpty()) {
            document.with("errors", refusal.faults());
        }
        return document;
    }

    private static PolicyException refusal(Throwable thrown, String frameworkDetail) {
        for (Throwable cause : causes(thrown)) {
            if (cause instanceof PolicyException refusal) {
                return refusal;
            }
            if (cause instanceof WebApplicationException refusal
                    && refusal.getResponse().getStatus() < 500) {
                return ofFramework(refusal, frameworkDetail);
            }
            if (cause instanceof OptimisticLockException || cause instanceof StaleStateException) {
                return new PolicyException(
                        ErrorCode.REVISION_MISMATCH, "somebody else changed it at the same time; read it again");
            }
            if (cause instanceof ConstraintViolationException violation
                    && violation.getKind() == ConstraintViolationException.ConstraintKind.UNIQUE) {
                return new PolicyException(ErrorCode.ALREADY_EXISTS, "somebody else created it at the same time");
            }
            if (cause instanceof SQLException failure && isUnavailable(failure)) {
                return new PolicyException(
                        ErrorCode.EXTERNAL_FAILURE, "the database is not available; try again later");
            }
        }
        return new PolicyException(
                ErrorCode.INTERNAL_FAILURE, "the server failed; its log has the cause under the `correlation_id`");
    }

    private static PolicyException ofFramework(WebApplicationException thrown, String detail) {
        int status = thrown.getResponse().getStatus();
        ErrorCode code = ErrorCode.ofStatus(status);
        return new PolicyException(
                code,
                switch (code) {
                    case NOT_FOUND -> "nothing is served at this path; `/q/openapi` has what is";
                    case METHOD_NOT_ALLOWED ->
                        "this path doesn't take the method; `/q/openapi` has those that it takes";
                    case NOT_ACCEPTABLE ->
                        "`Accept` names nothing that can be served; `application/json` and" + " `application/yaml` can";
                    case UNSUPPORTED_MEDIA_TYPE -> "`Content-Type` must be `application/json` or `application/yaml`";
                    case TOO_LARGE -> "the body is larger than `quarkus.http.limits.max-body-size`";
                    default -> detail == null ? "the request can't be understood" : Shown.text(detail);
                });
    }

    private static boolean isUnavailable(SQLException failure) {
        String state = failure.getSQLState();
        return state == null || state.length() < 2 || UNAVAILABLE.contains(state.substring(0, 2));
    }

    private static Iterable<Throwable> causes(Throwable thrown) {
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
                .limit(DEEPEST_CAUSE)
                .toList();
    }
}
