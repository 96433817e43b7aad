using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Tests.Feel;

/// <summary>FEEL by rules: each row is an expression and what it gives, as FEEL writes it.</summary>
public sealed class FeelExpressionTests
{
    [Theory]
    [InlineData("10 + 5", "15")]
    [InlineData("-10--5", "-5")]
    [InlineData("2 ** 3 ** 2", "64")]
    [InlineData("-2 ** 2", "4")]
    [InlineData("10 ** -5", "0.00001")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("1 / 3 * 3", "0.9999999999999999999999999999")]
    [InlineData("10 / 0", "null")]
    [InlineData("10 + null", "null")]
    [InlineData("\"a\" + \"b\"", "\"ab\"")]
    [InlineData("\"a\" + 1", "null")]
    [InlineData("9999999999999999999999999999 * 10000", "null")]
    [InlineData(".5e1", "5")]
    public void Arithmetic_IsDecimalAndNeverFails(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("true and null", "null")]
    [InlineData("false and null", "false")]
    [InlineData("true or null", "true")]
    [InlineData("false or null", "null")]
    [InlineData("not(null)", "null")]
    [InlineData("1 = \"1\"", "null")]
    [InlineData("null = null", "true")]
    [InlineData("1 = null", "false")]
    [InlineData("1 < \"a\"", "null")]
    [InlineData("5 between 1 and 5", "true")]
    [InlineData("5 in (1..5)", "false")]
    [InlineData("5 in [1..5]", "true")]
    [InlineData("5 in (<3, 5)", "true")]
    [InlineData("\"b\" in (\"a\", \"b\")", "true")]
    public void Logic_HasThreeValues(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("if 1 < 2 then \"yes\" else \"no\"", "\"yes\"")]
    [InlineData("if null then 1 else 2", "2")]
    [InlineData("for i in 1..3 return i * i", "[1, 4, 9]")]
    [InlineData("for i in [1, 2], j in [10, 20] return i + j", "[11, 21, 12, 22]")]
    [InlineData("some x in [1, 2] satisfies x > 1", "true")]
    [InlineData("every x in [1, 2] satisfies x > 1", "false")]
    [InlineData("[1, 2, 3][item > 1]", "[2, 3]")]
    [InlineData("[1, 2, 3][-1]", "3")]
    [InlineData("[{a: 1}, {a: 2}][a = 2]", "[{a: 2}]")]
    [InlineData("[{a: 1}, {a: 2}].a", "[1, 2]")]
    [InlineData("{x: 1, y: x + 1}.y", "2")]
    public void Structures_AreWalked(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("sum([1, 2, 3.5])", "6.5")]
    [InlineData("mean(1, 2)", "1.5")]
    [InlineData("max([])", "null")]
    [InlineData("count([1, null])", "2")]
    [InlineData("round half up(2.5, 0)", "3")]
    [InlineData("round half down(2.5, 0)", "2")]
    [InlineData("round up(-1.01, 1)", "-1.1")]
    [InlineData("modulo(-5, 3)", "1")]
    [InlineData("sqrt(2)", "1.4142135623730950488016887242")]
    [InlineData("substring(\"foobar\", -2)", "\"ar\"")]
    [InlineData("string length(\"横綱\")", "2")]
    [InlineData("upper case(\"aß\")", "\"Aß\"")]
    [InlineData("number(\"1.000,5\", \".\", \",\")", "1000.5")]
    [InlineData("flatten([[1, [2]], 3])", "[1, 2, 3]")]
    [InlineData("contains(1, \"a\")", "null")]
    public void Functions_GiveNullForWrongKinds(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("date(\"2024-02-29\") + duration(\"P1Y\")", "@\"2025-02-28\"")]
    [InlineData("date(\"2026-01-31\") + @\"P1M\"", "@\"2026-02-28\"")]
    [InlineData("@\"2026-03-01\" - @\"2026-02-01\"", "@\"P28D\"")]
    [InlineData("@\"2026-03-01\" > @\"2026-02-01\"", "true")]
    [InlineData("@\"2026-03-01\".month", "3")]
    [InlineData("years and months duration(@\"2024-01-31\", @\"2026-01-30\").months", "11")]
    [InlineData("date(\"2025-02-29\")", "null")]
    [InlineData("date(2026, 13, 1)", "null")]
    [InlineData("@\"foo\"", "null")]
    [InlineData("@\"2026-01-01T23:30:00\" + @\"PT45M\"", "@\"2026-01-02T00:15:00\"")]
    [InlineData("@\"9999-12-31\" + @\"P1D\"", "@\"10000-01-01\"")]
    public void Calendar_IsDaysAndMonths(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("1 +", "IncompleteExpression")]
    [InlineData("(1", "UnexpectedCharacter")]
    [InlineData("1 2", "UnexpectedCharacter")]
    [InlineData("\"open", "UnclosedText")]
    [InlineData("/* open", "UnclosedComment")]
    [InlineData("unknown + 1", "UnknownName")]
    [InlineData("nothing(1)", "UnknownFunction")]
    [InlineData("now()", "UnknownFunction")]
    [InlineData("sum(1, list: 2)", "MixedArguments")]
    [InlineData("1 instance of nothing", "UnknownType")]
    [InlineData("function(x) external {java: {}}", "UnsupportedExpression")]
    [InlineData("@\"2026-02-30\"", "NoDate")]
    [InlineData("@\"P1X\"", "NoDate")]
    [InlineData("1e99", "NumberTooLarge")]
    [InlineData("12345678901234567890.12345678901234", "NumberTooLarge")]
    public void Parse_WrongText_IsRefusedByName(string text, string name) =>
        Assert.Equal(name, Assert.Throws<FeelFault>(() => FeelParser.Expression(text, new FeelScope())).Name);

    [Fact]
    public void Parse_NestedTooDeep_IsRefusedBeforeTheStackEnds()
    {
        foreach (var (open, close) in new[] { ("(", ")"), ("[", "]"), ("-", ""), ("not(", ")"), ("if true then ", " else 1"), ("{a:", "}") })
        {
            var text = string.Concat(Enumerable.Repeat(open, 5_000)) + "1" + string.Concat(Enumerable.Repeat(close, 5_000));
            Assert.Throws<FeelFault>(() => FeelParser.Expression(text, new FeelScope()));
        }
    }

    [Fact]
    public void Names_WithBlanksAndSigns_TheLongestIsMeant()
    {
        var scope = new FeelScope();
        scope.Add("Monthly Salary");
        scope.Add("Monthly");
        scope.Add("Approved/Declined");
        var frame = new[] { FeelValue.Of(100), FeelValue.Of(7), FeelValue.Of("x") };
        Assert.Equal("1200", FeelParser.Expression("12 * Monthly   Salary", scope).Evaluate(frame).ToString());
        Assert.Equal("8", FeelParser.Expression("Monthly+1", scope).Evaluate(frame).ToString());
        Assert.Equal("\"x\"", FeelParser.Expression("Approved/Declined", scope).Evaluate(frame).ToString());
    }

    [Theory]
    [InlineData("-", "5", true)]
    [InlineData("5", "5", true)]
    [InlineData(">= 5, < 0", "5", true)]
    [InlineData("]5..7[", "5", false)]
    [InlineData("(4..5]", "5", true)]
    [InlineData("not(5, 6)", "5", false)]
    [InlineData("not(6)", "5", true)]
    [InlineData("\"a\", \"b\"", "\"b\"", true)]
    [InlineData("[\"a\", \"b\"]", "\"b\"", true)]
    [InlineData("? > 3 and ? < 6", "5", true)]
    [InlineData("-5", "-5", true)]
    [InlineData("null", "null", true)]
    [InlineData("< 10", "null", false)]
    [InlineData("true", "true", true)]
    [InlineData("true", "false", false)]
    public void UnaryTests_OfAValue_HoldOrNot(string tests, string value, bool holds)
    {
        var scope = new FeelScope();
        scope.Add("?");
        var tested = FeelParser.Expression(value, new FeelScope()).Evaluate([]);
        Assert.Equal(holds, FeelParser.Tests(tests, scope).Holds(tested, [tested]));
    }

    private static void Gives(string text, string expected)
    {
        var scope = new FeelScope();
        var expression = FeelParser.Expression(text, scope);
        Assert.Equal(expected, expression.Evaluate(new FeelValue[scope.PlaceCount]).ToString());
    }
}
