package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callers on threads of their own, while the first group is held up. */
class GroupCommitTest {
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final List<List<Integer>> groups = new ArrayList<>(); // written by one thread at a time
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final GroupCommit<Integer> commit = new GroupCommit<>(4, this::store);

    @AfterEach
    void end() {
        callers.shutdownNow();
    }

    @Test
    void what_comes_while_a_group_is_stored_makes_the_next_ones() throws Exception {
        List<CompletableFuture<Void>> calls =
                callsBehindTheFirst(IntStream.range(1, 9).mapToObj(List::of).toList());

        goOn.countDown();
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

        assertThat(groups).extracting(List::size).containsExactly(1, 4, 4);
        assertThat(groups.stream().flatMap(List::stream)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void what_one_caller_brings_stays_together() throws Exception {
        List<CompletableFuture<Void>> calls = callsBehindTheFirst(List.of(List.of(1, 2, 3, 4, 5, 6), List.of(1)));

        goOn.countDown();
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

        assertThat(groups).contains(List.of(1, 2, 3, 4, 5, 6));
    }

    @Test
    void a_failure_reaches_all_of_its_group_and_no_other() throws Exception {
        List<CompletableFuture<Void>> calls = callsBehindTheFirst(List.of(List.of(-1), List.of(2)));

        goOn.countDown();

        assertThat(calls).allSatisfy(call -> assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                .hasRootCauseMessage("negative"));
        assertThatCode(() -> commit.store(List.of(3))).doesNotThrowAnyException();
        assertThat(groups).last().isEqualTo(List.of(3));
    }

    /** Lets callers bring items, all while item 0 is being stored. */
    private List<CompletableFuture<Void>> callsBehindTheFirst(List<List<Integer>> items) throws Exception {
        CompletableFuture.runAsync(() -> commit.store(List.of(0)), callers);
        assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
        List<CompletableFuture<Void>> calls = items.stream()
                .map(brought -> CompletableFuture.runAsync(() -> commit.store(brought), callers))
                .toList();
        while (commit.waiting() < items.size()) {
            Thread.onSpinWait();
        }
        return calls;
    }

    private void store(Set<Integer> items) {
        groups.add(List.copyOf(items));
        first.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (items.contains(-1)) {
            throw new IllegalStateException("negative");
        }
    }
}
