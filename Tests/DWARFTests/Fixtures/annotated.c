/* What annotations.s says. gcc allows a tag on a type that no pointer leads to, as 'direct' has; clang does not. */
#define tag(text) __attribute__((btf_decl_tag(text)))
#define type_tag(text) __attribute__((btf_type_tag(text)))
struct holder {
    int owned tag("first") tag("second");
    char *plain;
    char type_tag("user") *user;
    const char type_tag("user") type_tag("rcu") *both;
    char direct tag("first");
};
typedef struct holder alias tag("first");
alias held;
int function(struct holder *held tag("first")) tag("first") tag("second");
int function(struct holder *held tag("first")) { return held->owned; }
