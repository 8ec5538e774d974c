package dev.persona.agent.tuned;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuListsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0-3,5 | 0,1,2,3,5 | 0-3,5 | 0000002f",
                "1,0,1 | 0,1 | 0-1 | 00000003",
                "0-7,^2-3,!5 | 0,1,4,6,7 | 0-1,4,6-7 | 000000d3",
                "0x8 | 3 | 3 | 00000008",
                "32,0 | 0,32 | 0,32 | 00000001,00000001"
            })
    void lists_are_read_and_written_as_tuned_does(String list, String unpacked, String packed, String mask) {
        assertThat(CpuLists.unpacked(CpuLists.parse(list))).isEqualTo(unpacked);
        assertThat(CpuLists.packed(CpuLists.parse(list))).isEqualTo(packed);
        assertThat(CpuLists.mask(CpuLists.parse(list))).isEqualTo(mask);
    }

    @Test
    void what_is_no_list_or_names_cpus_that_can_not_be_is_empty() {
        assertThat(CpuLists.parse("a-b")).isEmpty();
        assertThat(CpuLists.parse("0-999999999")).isEmpty();
        assertThat(CpuLists.parse("")).isEmpty();
    }
}
