using System.Text.Json;

namespace CreditGrains.Dashboard.Charts;

/// <summary>Chart options as text. "var(--name)" is a colour of the page's look, "@fmt:name" a number format; the page's script puts them in.</summary>
internal static class ChartJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Write(object option) => JsonSerializer.Serialize(option, Options);
}
