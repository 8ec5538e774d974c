package dev.persona.agent.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses query parameters that a call doesn't have: {@code ?four=PT1S} must not hold a host for ever. */
public final class QueryParameterGuard {

    /** @throws RefusedException INVALID_REQUEST for a parameter that is unknown, given twice or without a value */
    @ServerRequestFilter
    public void check(ContainerRequestContext context, ResourceInfo resource) {
        var given = context.getUriInfo().getQueryParameters();
        if (given.isEmpty()) {
            return;
        }
        Set<String> known = new TreeSet<>();
        Arrays.stream(resource.getResourceMethod().getParameters())
                .map(parameter -> parameter.getAnnotation(RestQuery.class))
                .filter(Objects::nonNull)
                .forEach(parameter -> known.add(parameter.value()));
        given.forEach((name, values) -> check(name, values, known));
    }

    private static void check(String name, List<String> values, Set<String> known) {
        String shown = "query parameter `" + Shown.text(name) + "` ";
        if (!known.contains(name)) {
            String remedy = known.isEmpty() ? "it takes none" : "it takes `" + String.join("`, `", known) + "`";
            throw new RefusedException(ErrorCode.INVALID_REQUEST, shown + "is not one of this call; " + remedy);
        }
        if (values.size() > 1) {
            throw new RefusedException(
                    ErrorCode.INVALID_REQUEST, shown + "is there " + values.size() + " times; give it once");
        }
        if (values.get(0).isEmpty()) {
            throw new RefusedException(ErrorCode.INVALID_REQUEST, shown + "has no value; give it one, or leave it out");
        }
    }
}
