using System.Text;
using System.Text.Json;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Domain.Files;
using CreditGrains.Risk.Feel;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Cli.Policies;

/// <summary>Inputs of a policy as JSON, and what it gives. Numbers are read as decimals, never as binary fractions; dates are texts where the policy wants dates.</summary>
internal static class PolicyJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    /// <summary>Reads an object of inputs.</summary>
    /// <exception cref="CommandFault">It is none, or has a name the policy does not know.</exception>
    public static FeelContext Read(Policy policy, string text)
    {
        try
        {
            using var document = JsonTexts.Parse(Encoding.UTF8.GetBytes(text), Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw CommandFault.Usage("BadInput", "inputs are one JSON object, such as {\"Age\": 30}");
            var inputs = new FeelContext();
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                var input = policy.Inputs.FirstOrDefault(known => known.Name == entry.Name)
                    ?? throw CommandFault.Usage("UnknownInput", $"the policy asks for no '{entry.Name}'; it asks for {string.Join(", ", policy.Inputs.Select(known => $"'{known.Name}'"))}");
                inputs.Set(entry.Name, entry.Value.ValueKind == JsonValueKind.String ? input.ReadText(entry.Value.GetString()!) : ValueOf(entry.Value));
            }

            return inputs;
        }
        catch (JsonException e)
        {
            throw CommandFault.Usage("BadInput", $"the inputs are no JSON: {e.Message}");
        }
    }

    /// <summary>A value as JSON.</summary>
    public static object? Of(FeelValue value) => value.Kind switch
    {
        FeelKind.Null => null,
        FeelKind.Number => value.Number,
        FeelKind.Boolean => value.IsTrue,
        FeelKind.List => value.Items.Select(Of).ToArray(),
        FeelKind.Context => value.Entries!.Entries.ToDictionary(entry => entry.Name, entry => Of(entry.Value)),
        FeelKind.Text => value.Text,
        _ => value.ToString().Trim('@', '"'),
    };

    private static FeelValue ValueOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.TryGetDecimal(out var number) ? FeelValue.Of(number) : throw CommandFault.Usage("BadInput", $"the number {element.GetRawText()} is beyond 28 digits"),
        JsonValueKind.String => FeelValue.Of(element.GetString()),
        JsonValueKind.True => FeelValue.Of(true),
        JsonValueKind.False => FeelValue.Of(false),
        JsonValueKind.Array => FeelValue.Of([.. element.EnumerateArray().Select(ValueOf)]),
        JsonValueKind.Object => FeelValue.Of(element.EnumerateObject().Aggregate(new FeelContext(), (context, entry) => context.Set(entry.Name, ValueOf(entry.Value)))),
        _ => FeelValue.Null,
    };
}
