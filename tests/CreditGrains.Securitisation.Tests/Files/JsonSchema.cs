using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CreditGrains.Securitisation.Tests.Files;

/// <summary>The words of JSON Schema that the published schemas use; another word is a fault of the test, so that none is skipped unseen.</summary>
internal sealed class JsonSchema(JsonNode root)
{
    private static readonly HashSet<string> Silent = ["$schema", "title", "description", "default", "format", "$defs", "then"];

    public static JsonSchema Read(string path) => new(JsonNode.Parse(File.ReadAllBytes(path))!);

    public bool Allows(JsonNode? value) => Allows(root, value);

    private bool Allows(JsonNode schema, JsonNode? value)
    {
        foreach (var (word, rule) in schema.AsObject())
            if (!Silent.Contains(word) && !Holds(schema, word, rule!, value)) return false;
        return true;
    }

    private bool Holds(JsonNode schema, string word, JsonNode rule, JsonNode? value) => word switch
    {
        "$ref" => Allows(Target((string)rule!), value),
        "type" => IsOf((string)rule!, value),
        "const" => JsonNode.DeepEquals(rule, value),
        "enum" => rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
        "anyOf" => rule.AsArray().Any(one => Allows(one!, value)),
        "oneOf" => rule.AsArray().Count(one => Allows(one!, value)) == 1,
        "allOf" => rule.AsArray().All(one => Allows(one!, value)),
        "if" => !Allows(rule, value) || Allows(schema["then"]!, value),
        "minimum" => Number(value) is not { } number || number >= Number(rule),
        "maximum" => Number(value) is not { } number || number <= Number(rule),
        "exclusiveMinimum" => Number(value) is not { } number || number > Number(rule),
        "exclusiveMaximum" => Number(value) is not { } number || number < Number(rule),
        "properties" => value is not JsonObject whole || rule.AsObject().All(one => !whole.ContainsKey(one.Key) || Allows(one.Value!, whole[one.Key])),
        "additionalProperties" => value is not JsonObject whole || whole.All(one => schema["properties"]?[one.Key] is not null || (rule.GetValueKind() != JsonValueKind.False && Allows(rule, one.Value))),
        "required" => value is not JsonObject whole || rule.AsArray().All(one => whole.ContainsKey((string)one!)),
        "minProperties" => value is not JsonObject whole || whole.Count >= (int)rule,
        "items" => value is not JsonArray all || all.All(one => Allows(rule, one)),
        "minItems" => value is not JsonArray all || all.Count >= (int)rule,
        "maxItems" => value is not JsonArray all || all.Count <= (int)rule,
        "minLength" => Text(value) is not { } text || text.Length >= (int)rule,
        "maxLength" => Text(value) is not { } text || text.Length <= (int)rule,
        "pattern" => Text(value) is not { } text || Regex.IsMatch(text, (string)rule!),
        _ => throw new InvalidOperationException($"The schema has a word this test does not know: {word}."),
    };

    private JsonNode Target(string reference)
    {
        var at = root;
        foreach (var part in reference.Split('/').Skip(1)) at = at[part] ?? throw new InvalidOperationException($"There is no {reference}.");
        return at;
    }

    private static bool IsOf(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => Text(value) is not null,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => Number(value) is not null,
        "integer" => Number(value) is { } number && number == decimal.Truncate(number),
        _ => throw new InvalidOperationException($"The schema has a type this test does not know: {type}."),
    };

    private static decimal? Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number ? decimal.Parse(value.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string)value! : null;
}
