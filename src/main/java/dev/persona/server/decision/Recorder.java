package dev.persona.server.decision;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Records what one instance's machine is told, in pieces of a few minutes, each of which stands for itself.
 *
 * <p>Of metrics it takes those that a trigger looks at; all of them where custom rules may look. A piece ends before
 * personas change, since what they will look at must be in the next one's beginning. Not thread-safe, as is the machine.
 */
public final class Recorder {
    /** How long one piece is: what a crash loses at most. */
    public static final Duration LONGEST = Duration.ofMinutes(5);

    private static final int LARGEST = 256 * 1024;
    /** Bytes that are compressed together; kept small, since each of thousands of instances has so many waiting. */
    private static final int CHUNK = 8 * 1024;
    /** Pieces that wait for a database that is away; the oldest are lost first. */
    private static final int MAXIMUM_WAITING = 12;

    private final InstanceMachine machine;
    private final Deque<Recording> complete = new ArrayDeque<>();
    private ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    private ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    private Instant begins;
    private boolean running;

    public Recorder(InstanceMachine machine) {
        this.machine = machine;
        this.begins = machine.now();
    }

    /** Takes note of what the machine is about to be told; call before it is. */
    public void record(Instant at, List<Input> inputs) {
        boolean personasChange = inputs.stream().anyMatch(Input.PolicyChange.class::isInstance);
        if (running && (personasChange || at.isAfter(begins.plus(LONGEST)) || compressed.size() > LARGEST)) {
            end();
        }
        if (!running) {
            running = true;
            // A machine that has not decided yet may still be told of its very first instant.
            boolean isNew = machine.decision().revision() == 0;
            begins = isNew ? machine.now().minusNanos(1_000) : machine.now();
            write(new Recording.Beginning(
                    machine.snapshot(), machine.staleAfter(), Recording.Subject.of(machine.policy())));
        }
        boolean all = personasChange || machine.policy().hasCustomRules();
        List<Input> relevant =
                all ? inputs : inputs.stream().map(this::relevant).toList();
        if (!relevant.isEmpty()) {
            write(Recording.Told.of(at, relevant));
        }
    }

    /** Ends the piece at hand; the next one begins with the next instant. */
    public void end() {
        if (running) {
            complete.add(current());
            running = false;
            chunk = new ByteArrayOutputStream();
            compressed = new ByteArrayOutputStream();
        }
        while (complete.size() > MAXIMUM_WAITING) {
            complete.remove();
        }
    }

    /** The pieces that are complete and not stored yet. */
    public List<Recording> complete() {
        return List.copyOf(complete);
    }

    /** Forgets a piece that is stored. */
    public void stored(Recording recording) {
        complete.remove(recording);
    }

    /** The piece at hand, up to the machine's last instant. */
    public Recording current() {
        compress();
        return new Recording(machine.instanceId(), begins, machine.now(), compressed.toByteArray());
    }

    private Input relevant(Input input) {
        if (!(input instanceof Input.Metrics reported)) {
            return input;
        }
        Map<String, Double> kept = new HashMap<>(reported.metrics());
        kept.keySet().retainAll(machine.metrics());
        return new Input.Metrics(kept);
    }

    private void write(Object line) {
        try {
            chunk.writeBytes(MachineMemory.JSON.writeValueAsBytes(line));
            chunk.write('\n');
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        if (chunk.size() > CHUNK) {
            compress();
        }
    }

    /** Each chunk becomes a gzip member of its own: a sequence of members is a gzip file, too (RFC 1952). */
    private void compress() {
        if (chunk.size() == 0) {
            return;
        }
        try (GZIPOutputStream member = new GZIPOutputStream(compressed)) {
            chunk.writeTo(member);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        chunk = new ByteArrayOutputStream();
    }
}
