using System.Diagnostics;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Risk.Tests.Feel;

/// <summary>FEEL's functions, types, zones and functions as values: each row is an expression and what it gives. Rows follow DMN 1.3 to 1.5, chapter 10.</summary>
public sealed class FeelFunctionTests
{
    [Theory]
    [InlineData("matches(\"foobar\", \"^fo*b\")", "true")]
    [InlineData("matches(\"Mary\\nJones\", \"Mary.Jones\")", "false")]
    [InlineData("matches(\"Mary\\nJones\", \"Mary.Jones\", \"s\")", "true")]
    [InlineData("matches(\"abc\", \"ABC\", \"i\")", "true")]
    [InlineData("matches(\"a+b\", \"a+b\", \"q\")", "true")]
    [InlineData("matches(\"a\", \"(\")", "null")]
    [InlineData("matches(\"a\", \"(?=a)\")", "null")]
    [InlineData("matches(\"aa\", \"(a)\\\\1\")", "true")]
    [InlineData("replace(\"0123456789\", \"(\\\\d{3})(\\\\d{3})(\\\\d{4})\", \"($1) $2-$3\")", "\"(012) 345-6789\"")]
    [InlineData("replace(\"abc\", \"b\", \"\\\\$\")", "\"a$c\"")]
    [InlineData("split(\"a;b;;c\", \";\")", "[\"a\", \"b\", \"\", \"c\"]")]
    [InlineData("string join([\"a\", null, \"b\"], \"-\")", "\"a-b\"")]
    [InlineData("number(\"1.234,56\", \".\", \",\")", "1234.56")]
    [InlineData("number(\"1 000\", \"x\", \".\")", "null")]
    public void Texts(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("insert before([1, 3], 2, 2)", "[1, 2, 3]")]
    [InlineData("remove([1, 2, 3], -1)", "[1, 2]")]
    [InlineData("list replace([1, 2, 3], 2, 9)", "[1, 9, 3]")]
    [InlineData("list replace([1, 2, 3], function(item, newItem) item > 1, 9)", "[1, 9, 9]")]
    [InlineData("sort([3, 1, 2])", "[1, 2, 3]")]
    [InlineData("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]")]
    [InlineData("sort([3, 1, 2], function(x, y) true)", "[2, 1, 3]")]
    [InlineData("product([2, 3, 4])", "24")]
    [InlineData("stddev([1, 3])", "1.4142135623730950488016887242")]
    [InlineData("mode([6, 1, 9, 6, 1])", "[1, 6]")]
    [InlineData("sublist([1, 2, 3], 2.5)", "null")]
    [InlineData("[][1]", "null")]
    [InlineData("[1, 2, 3] in [[1, 2, 3, 4], [1, 2, 3]]", "true")]
    [InlineData("upper case([\"a\"])", "\"A\"")]
    public void Lists(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("context([{key: \"a\", value: 1}])", "{a: 1}")]
    [InlineData("context put({a: {b: 1}}, [\"a\", \"b\"], 2)", "{a: {b: 2}}")]
    [InlineData("context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}")]
    [InlineData("get entries({a: 1})[1].key", "\"a\"")]
    [InlineData("{a: 1, a: 2}", "null")]
    [InlineData("{first name: \"x\"}.first name", "\"x\"")]
    public void Contexts(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("@\"2026-01-31T10:00:00+02:00\" = @\"2026-01-31T08:00:00Z\"", "true")]
    [InlineData("is(@\"2026-01-31T10:00:00+02:00\", @\"2026-01-31T08:00:00Z\")", "false")]
    [InlineData("@\"2026-01-31T10:00:00\" < @\"2026-01-31T11:00:00Z\"", "null")]
    [InlineData("@\"10:00:00+02:00\" < @\"09:00:00Z\"", "true")]
    [InlineData("@\"2026-01-31T10:00:00+02:00\" - @\"2026-01-31T10:00:00Z\"", "@\"-PT2H\"")]
    [InlineData("@\"2026-01-31T10:00:00+02:00\".time offset", "@\"PT2H\"")]
    [InlineData("@\"2026-01-31T24:00:00\"", "@\"2026-02-01T00:00:00\"")]
    [InlineData("date(\"-2017-02-28\") + @\"P1D\"", "@\"-2017-03-01\"")]
    [InlineData("date(\"999999999-12-31\") + @\"P1D\"", "null")]
    [InlineData("time(11, 59, 45, duration(\"PT2H45M55S\"))", "@\"11:59:45+02:45:55\"")]
    [InlineData("time(\"13:20:00+19:00\")", "null")]
    [InlineData("week of year(@\"2003-12-29\")", "1")]
    [InlineData("day of year(@\"2024-12-31\")", "366")]
    [InlineData("day of week(@\"2026-11-27\")", "\"Friday\"")]
    [InlineData("month of year(@\"2026-11-27\")", "\"November\"")]
    public void Calendar(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("before(1, [1..10])", "false")]
    [InlineData("before(1, (1..10])", "true")]
    [InlineData("overlaps([1..5], [5..8])", "true")]
    [InlineData("overlaps([1..5), [5..8])", "false")]
    [InlineData("during([4..6], [1..10])", "true")]
    [InlineData("coincides([1..5), [1..5])", "false")]
    [InlineData("(< 10) = (null..10)", "false")]
    [InlineData("(< 10) = (< 10)", "true")]
    [InlineData("5 in (< 10)", "true")]
    [InlineData("5 in (null..10)", "null")]
    [InlineData("[1..10].start included", "true")]
    [InlineData("range(\"[1..3]\") = [1..3]", "true")]
    [InlineData("range(\"[3..1]\")", "null")]
    [InlineData("null in [1..10]", "null")]
    [InlineData("for i in (1..4) return i", "[2, 3]")]
    public void Ranges(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("1 instance of number", "true")]
    [InlineData("null instance of Any", "false")]
    [InlineData("[1, 2] instance of list<number>", "true")]
    [InlineData("[1, \"a\"] instance of list<number>", "false")]
    [InlineData("{a: 1, b: 2} instance of context<a: number>", "true")]
    [InlineData("@\"P1D\" instance of days and time duration", "true")]
    [InlineData("[1..2] instance of range<number>", "true")]
    [InlineData("(function(a: number) 1) instance of function<number>->number", "true")]
    [InlineData("(function(a: number) 1) instance of function<string>->number", "false")]
    public void Types(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("(function(a, b) a + b)(1, 2)", "3")]
    [InlineData("{f: function(a) function(b) a * b, r: f(3)(4)}.r", "12")]
    [InlineData("{f: abs, r: f(-1)}.r", "1")]
    [InlineData("substring(start position: 2, string: \"abc\")", "\"bc\"")]
    [InlineData("substring(string: \"abc\")", "null")]
    [InlineData("substring(\"abc\")", "null")]
    [InlineData("\"abs\"(-1)", "null")]
    [InlineData("(function(a: number) a)(\"x\")", "null")]
    [InlineData("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]")]
    [InlineData("1 in [1, 2] and 5 > 3", "true")]
    [InlineData("[{x: 1}, {x: 2}][x = 2].x", "[2]")]
    [InlineData("{x: 5, r: [{x: 1}, {x: 2}][x = 2]}.r", "[{x: 2}]")]
    [InlineData("[{item: 1}, {item: 2}][item >= 2]", "[{item: 2}]")]
    public void Functions(string text, string expected) => Gives(text, expected);

    [Theory]
    [InlineData("{f: function(g) g(g), r: f(f)}.r")]
    [InlineData("count(for i in 1..100000 return for j in 1..100000 return i)")]
    [InlineData("count(for a in 1..1000 return sort(for i in 1..1000 return -i))")]
    public void Work_WithoutEnd_IsGivenUp(string text)
    {
        var clock = Stopwatch.StartNew();
        Assert.Throws<FeelOverrunException>(() => Evaluate(text));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Text_ThatDoublesAndDoubles_IsNull()
    {
        var text = "{" + string.Join(", ", Enumerable.Range(0, 60).Select(i => i == 0 ? "a0: \"0123456789\"" : $"a{i}: a{i - 1} + a{i - 1}")) + "}.a59";
        Assert.Equal("null", Evaluate(text).ToString());
    }

    [Theory]
    [InlineData("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"^(a+)+$\")", "false")]
    [InlineData("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"^((a+)+)\\\\1$\")", "null")]
    [InlineData("matches(\"a\", \"((a{1,900}){1,900}){1,900}\")", "null")]
    [InlineData("matches(\"2026\", \"^[0-9]{4}$\")", "true")]
    public void Pattern_ThatBacktracks_EndsSoon(string text, string expected) => Gives(text, expected);

    private static void Gives(string text, string expected)
    {
        Assert.Equal(expected, Evaluate(text).ToString());
    }

    private static FeelValue Evaluate(string text)
    {
        FeelBudget.Begin();
        var scope = new FeelScope();
        var expression = FeelParser.Expression(text, scope);
        return expression.Evaluate(new FeelValue[scope.PlaceCount]);
    }
}
