/** Says a number of things, as "1 issue" and "3 issues". */
export function counted(count: number, one: string, many = `${one}s`): string {
	return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}
