package dev.persona.server.platform;

import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses query parameters that a call doesn't have: {@code ?dryrun=true} must not store what {@code ?dry_run=true} wouldn't. */
public final class QueryParameterGuard {

    /** @throws PolicyException INVALID_REQUEST for a parameter that is unknown, given twice or without a value */
    @ServerRequestFilter
    public void check(ContainerRequestContext context, ResourceInfo resource) {
        var given = context.getUriInfo().getQueryParameters();
        if (given.isEmpty()) {
            return;
        }
        Set<String> known = new TreeSet<>();
        Arrays.stream(resource.getResourceMethod().getParameters())
                .map(parameter -> parameter.getAnnotation(QueryParam.class))
                .filter(Objects::nonNull)
                .forEach(parameter -> known.add(parameter.value()));
        given.forEach((name, values) -> verify(name, values, known));
    }

    private static void verify(String name, List<String> values, Set<String> known) {
        String shown = "query parameter `" + Shown.text(name) + "` ";
        if (!known.contains(name)) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST, shown + "is not one of this call; " + remedy(name, known));
        }
        if (values.size() > 1) {
            throw new PolicyException(
                    ErrorCode.INVALID_REQUEST, shown + "is there " + values.size() + " times; give it once");
        }
        if (values.get(0).isEmpty()) {
            throw new PolicyException(ErrorCode.INVALID_REQUEST, shown + "has no value; give it one, or leave it out");
        }
    }

    private static String remedy(String name, Set<String> known) {
        if (known.isEmpty()) {
            return "it takes none";
        }
        return NearestName.to(name, known)
                .map(nearest -> "did you mean `" + nearest + "`?")
                .orElseGet(() -> "it takes `" + String.join("`, `", known) + "`");
    }
}
