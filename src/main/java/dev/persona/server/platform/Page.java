package dev.persona.server.platform;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Some items of a list that is in order of a unique key.
 *
 * @param next the key after which the next page begins; absent on the last page
 */
public record Page<T>(List<T> items, Optional<String> next) {

    public Page {
        items = List.copyOf(items);
    }

    /**
     * Takes a page off what follows {@link PageRequest#after()}.
     *
     * @param following in order, one item more than {@link PageRequest#limit()} if there are so many
     */
    public static <T> Page<T> of(Stream<T> following, PageRequest request, Function<T, String> key) {
        List<T> items = following.limit(request.limit() + 1L).toList();
        if (items.size() <= request.limit()) {
            return new Page<>(items, Optional.empty());
        }
        List<T> page = items.subList(0, request.limit());
        return new Page<>(page, Optional.of(key.apply(page.get(page.size() - 1))));
    }

    public <R> Page<R> map(Function<T, R> view) {
        return new Page<>(items.stream().map(view).toList(), next);
    }

    /** The items as an array, with a {@code Link} to the next page (RFC 8288) that keeps the request's filters. */
    public Response respond(UriInfo request) {
        Response.ResponseBuilder response = Response.ok(items);
        next.ifPresent(key -> {
            URI link = request.getRequestUriBuilder()
                    .replaceQueryParam("cursor", PageRequest.cursor(key))
                    .build();
            response.header("Link", "<" + link.getRawPath() + "?" + link.getRawQuery() + ">; rel=\"next\"");
        });
        return response.build();
    }
}
