// Apache Avro's own verdict on pairs of schemas. Each line of the standard input is a reader's and a writer's schema, in
// base64; each line of the output is "compatible", "incompatible <why>" or "invalid <which> <why>".
// Usage: AvroOracle

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

class AvroOracle {
    static Schema parse(String base64) {
        String text = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        return new Schema.Parser().parse(text);
    }

    static String verdict(String reader, String writer) {
        Schema[] schemas = new Schema[2];
        String[] texts = {reader, writer};
        for (int i = 0; i < 2; i++)
            try {
                schemas[i] = parse(texts[i]);
            } catch (RuntimeException error) {
                return "invalid " + (i == 0 ? "reader " : "writer ") + error.getMessage();
            }
        var result = SchemaCompatibility.checkReaderWriterCompatibility(schemas[0], schemas[1]).getResult();
        if (result.getCompatibility() == SchemaCompatibilityType.COMPATIBLE)
            return "compatible";
        return "incompatible " + result.getIncompatibilities().stream()
            .map(one -> one.getType() + " at " + one.getLocation() + ": " + one.getMessage())
            .collect(Collectors.joining("; "));
    }

    public static void main(String[] arguments) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null;) {
            String[] words = line.split(" ");
            System.out.println(verdict(words[0], words[1]).replace('\n', ' '));
        }
    }
}
