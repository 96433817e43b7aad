using System.Collections.Frozen;
using System.Text;

namespace CreditGrains.Risk.Models;

/// <summary>Attributes of a person that are never inputs of a model: age, sex, marriage, education. A fairness report may read them beside the score.</summary>
public static class ProtectedAttributes
{
    private static readonly FrozenSet<string> Words = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "sex", "gender", "male", "female", "marriage", "married", "marital", "spouse", "education", "educational", "edu", "schooling", "birthday", "birthdate", "birthyear", "birth", "dob", "ageband", "agegroup", "ageyears");

    /// <summary>Words that say whose age it is when it is not a person's.</summary>
    private static readonly FrozenSet<string> Things = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "account", "accounts", "loan", "loans", "facility", "card", "cards", "line", "file", "trade", "trades", "oldest", "newest", "relationship", "business", "company", "enterprise", "device", "balance", "debt", "arrears", "vehicle", "collateral", "property", "bureau", "credit", "inquiry", "job", "employment", "address", "tenure", "asset", "invoice");

    private static readonly string[] Chinese = ["年龄", "性别", "婚姻", "婚否", "学历", "教育", "出生"];

    /// <summary>Whether a name is of such an attribute: "AGE", "applicant_age", "x5_sex", "MaritalStatus", "年龄"; not "account_age_months".</summary>
    public static bool Includes(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Chinese.Any(word => name.Contains(word, StringComparison.Ordinal))) return true;
        var words = Split(name);
        return words.Any(Words.Contains) || words.Contains("age", StringComparer.OrdinalIgnoreCase) && !words.Any(Things.Contains);
    }

    /// <summary>Refuses names of such attributes.</summary>
    /// <exception cref="ModelFault">One is among them.</exception>
    public static void Refuse(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(Includes) is { } name)
            throw new ModelFault("ProtectedInput", $"input '{name}' is named after an attribute of the person that no model may use (age, sex, marriage, education); train without it");
    }

    private static List<string> Split(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var isNew = i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || i + 1 < name.Length && char.IsLower(name[i + 1]));
            if (word.Length > 0 && (!char.IsLetter(name[i]) || isNew))
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (char.IsLetter(name[i])) word.Append(name[i]);
        }

        if (word.Length > 0) words.Add(word.ToString());
        return words;
    }
}
